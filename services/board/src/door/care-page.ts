import type { CareDoorView, CareItem } from '#contracts/http/care.ts';
import { careTitle } from '#pact/text/care.ts';
import type { DoorText } from '#pact/text/door.ts';
import { newKey } from '../app/new-key.ts';
import { button, callLink, el, readable } from './elements.ts';
import { placeOf, timeIn } from './home-card.ts';
import { careView, careWaiting, forgetLink } from './kept.ts';
import { askCare, sendCare } from './requests.ts';

const ASK_EVERY_MS = 15_000;

/**
 * A steward's own list of today, door after door: one press when it is done, with a line of words. What is pressed is
 * kept before it is sent, so that a stairwell without a network loses nothing and nothing is sent twice.
 */
export async function carePage(
  root: HTMLElement,
  link: string,
  words: () => DoorText,
  switchLanguage: () => void,
): Promise<void> {
  let view = careView.last(link);
  let state: 'loading' | 'shown' | 'offline' | 'over' | 'failed' = view ? 'shown' : 'loading';
  let said = '';
  let sending = Promise.resolve();
  /** What is being written, by home: it outlives every drawing. */
  const notes = new Map<string, string>();

  setInterval(() => void refreshWhenIdle(), ASK_EVERY_MS);
  addEventListener('online', () => void refresh());
  document.addEventListener('visibilitychange', () => void refreshWhenIdle());
  draw();
  await refresh();

  async function refreshWhenIdle(): Promise<void> {
    const isWriting = document.activeElement instanceof HTMLTextAreaElement;
    if (!document.hidden && !isWriting && state !== 'over') await refresh();
  }

  async function refresh(): Promise<void> {
    if (!link) state = 'over';
    else {
      await sendWaiting();
      const asked = await askCare(link);
      if (typeof asked === 'object') show(asked.ok);
      else if (asked === 'away') state = view ? 'offline' : 'failed';
      else {
        forgetLink(link);
        view = undefined;
        state = 'over';
      }
    }
    draw();
  }

  function show(next: CareDoorView): void {
    view = next;
    state = 'shown';
    careView.keep(link, next);
  }

  /** One after the other: whoever comes while something is on its way still finds what has been pressed since. */
  function sendWaiting(): Promise<void> {
    sending = sending.then(sendAll);
    return sending;
  }

  async function sendAll(): Promise<void> {
    for (const { link: of, ...press } of careWaiting.all()) {
      const asked = await sendCare(of, press);
      if (asked === 'away') return;
      careWaiting.drop(press.key);
      const text = words().care;
      if (typeof asked !== 'object') said = text.expired;
      else {
        said =
          asked.ok.answer === 'closed' ? text.closed : press.action === 'undo' ? text.undone : text.noted;
        if (of === link) show(asked.ok.view);
      }
    }
  }

  function pressDone({ id: taskId, householdId }: CareItem): void {
    const note = notes.get(householdId)?.trim();
    careWaiting.keep({
      ...{ link, action: 'done', key: newKey(), taskId, pressedAt: new Date().toISOString() },
      ...(note ? { note } : {}),
    });
    notes.delete(householdId);
    send();
  }

  function pressUndo(contactId: string): void {
    careWaiting.keep({ link, action: 'undo', key: newKey(), contactId });
    send();
  }

  function send(): void {
    said = '';
    draw();
    void sendWaiting().then(draw);
  }

  function draw(): void {
    const text = words();
    const count = careWaiting.all().length;
    document.title = text.name;
    root.replaceChildren(
      el(
        'header',
        {},
        el('h1', {}, view ? titleOf(view, text) : text.name),
        button(text.other, 'quiet', () => {
          switchLanguage();
          said = '';
          draw();
        }),
      ),
      el(
        'div',
        { 'aria-live': 'polite' },
        count > 0 && el('p', { class: 'wait' }, text.unsent(count)),
        state === 'offline' && count === 0 && el('p', { class: 'wait' }, text.offline),
        Boolean(said) && count === 0 && el('p', { class: 'said' }, said),
      ),
      ...body(text),
    );
  }

  function body(text: DoorText): HTMLElement[] {
    switch (state) {
      case 'loading':
        return [el('p', { role: 'status' }, text.loading)];
      case 'over':
        return [
          el('section', { class: 'card' }, el('h2', {}, text.expiredTitle), el('p', {}, text.care.expired)),
        ];
      case 'failed':
        return [
          el(
            'section',
            { class: 'card' },
            el('p', {}, text.care.failed),
            button(text.retry, 'main', () => void refresh()),
          ),
        ];
      case 'shown':
      case 'offline':
        return view ? homes(view, text) : [];
      default:
        return state satisfies never;
    }
  }

  function homes(shown: CareDoorView, text: DoorText): HTMLElement[] {
    const pressed = new Set(careWaiting.all().flatMap((one) => (one.action === 'done' ? [one.taskId] : [])));
    const isOpen = (item: CareItem) => item.state === 'open' && !pressed.has(item.id);
    const all = byHome(shown.items);
    const left = all.filter((items) => items.some(isOpen));
    const finished = all.filter((items) => !items.some(isOpen));
    const card = (items: CareItem[]) => homeCard(items, shown, pressed, text);
    if (all.length === 0)
      return [el('p', { class: 'hello' }, text.hello(shown.person)), el('p', {}, text.care.none)];
    return [
      el('p', { class: 'hello' }, `${text.hello(shown.person)} · ${text.care.left(left.length)}`),
      ...left.map(card),
      ...(finished.length > 0 ? [el('h2', { class: 'group' }, text.care.doneHomes(finished.length))] : []),
      ...finished.map(card),
    ];
  }

  function homeCard(
    items: CareItem[],
    shown: CareDoorView,
    pressed: ReadonlySet<string>,
    text: DoorText,
  ): HTMLElement {
    const [home] = items as [CareItem, ...CareItem[]];
    const { householdId, phone, awayUntil } = home;
    const isOpen = items.some((item) => item.state === 'open' && !pressed.has(item.id));
    const id = `note-${householdId}`;
    const note = el('textarea', {
      ...{ id, rows: '1', maxlength: '200' },
      input: (event) => notes.set(householdId, (event.target as HTMLTextAreaElement).value),
    }) as HTMLTextAreaElement;
    note.value = notes.get(householdId) ?? '';
    return el(
      'section',
      { class: isOpen ? 'card' : 'card closed', 'aria-label': text.code(home.code) },
      el('h2', {}, el('b', {}, text.code(home.code)), ` ${home.salutation}`),
      el('p', { class: 'place' }, placeOf(home, text)),
      awayUntil !== null && el('p', { class: 'going' }, text.care.away(awayUntil)),
      home.alertOpen && el('p', { class: 'alarm' }, text.care.alertOpen),
      isOpen && el('label', { for: id }, text.care.note),
      isOpen && note,
      ...items.map((item) => taskRow(item, shown, pressed.has(item.id), text)),
      isOpen && phone !== null
        ? el('div', { class: 'calls' }, callLink(text.call(readable(phone)), phone))
        : undefined,
    );
  }

  function taskRow(item: CareItem, shown: CareDoorView, isPressed: boolean, text: DoorText): HTMLElement {
    const { care } = text;
    const { contactId, doneAt, doneBy, missedSince } = item;
    return el(
      'div',
      { class: 'task' },
      el('b', {}, careTitle(item, care)),
      item.note !== null && el('p', {}, item.note),
      missedSince !== null && item.state === 'open' && el('p', { class: 'late' }, care.since(missedSince)),
      missedSince === null &&
        item.state === 'open' &&
        item.dueOn > shown.date &&
        el('p', { class: 'why' }, care.by(item.dueOn)),
      isPressed && el('p', { class: 'done' }, care.waiting),
      doneAt !== null &&
        el(
          'p',
          { class: 'done' },
          [care.doneAt(timeIn(doneAt, shown.timeZone)), care.doneBy[doneBy ?? ''], item.doneNote]
            .filter(Boolean)
            .join(' · '),
        ),
      item.state === 'open' && !isPressed && button(care.done[item.kind], 'main', () => pressDone(item)),
      item.state === 'done' &&
        doneBy === 'contact' &&
        contactId !== null &&
        item.donePerson === shown.person &&
        button(care.undo, 'quiet', () => pressUndo(contactId)),
    );
  }
}

/** The list comes in the order of the doors: a home's things stand together. */
function byHome(items: readonly CareItem[]): CareItem[][] {
  const homes = new Map<string, CareItem[]>();
  for (const item of items) {
    const known = homes.get(item.householdId);
    if (known) known.push(item);
    else homes.set(item.householdId, [item]);
  }
  return Array.from(homes.values());
}

const titleOf = ({ date }: CareDoorView, text: DoorText): string =>
  text.care.title(Number(date.slice(5, 7)), Number(date.slice(8)));
