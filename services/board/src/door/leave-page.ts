import type { LeaveDoorView, LeavePress } from '#contracts/http/register/leave.ts';
import type { DoorText } from '#pact/text/door.ts';
import { newKey } from '../app/new-key.ts';
import { button, callLink, el, readable } from './elements.ts';
import { type Asked, askLeave, sendLeave } from './requests.ts';

type Leave = LeaveDoorView['leaves'][number];
/** What is opened on which leave: its last day, or the question before it is cancelled. */
type Opened = { id: string; what: 'change' | 'cancel' } | undefined;

/** When a home is away, said by its family or its steward without an account. */
export async function leavePage(
  root: HTMLElement,
  link: string,
  words: () => DoorText,
  switchLanguage: () => void,
): Promise<void> {
  let view: LeaveDoorView | undefined;
  let state: 'shown' | 'over' | 'failed' = 'shown';
  let said = '';
  let opened: Opened;
  // Made before it is sent: pressed twice, or again after no answer came, it is one leave.
  let nextId = newKey();

  root.replaceChildren(el('p', { role: 'status' }, words().loading));
  take(await askLeave(link));
  draw();

  function take(asked: Asked<LeaveDoorView>): void {
    if (typeof asked === 'object') view = asked.ok;
    else if (asked === 'over') state = 'over';
    else if (!view) state = 'failed';
  }

  async function press(body: LeavePress): Promise<void> {
    const asked = await sendLeave(link, body);
    const text = words().leave;
    said = typeof asked === 'object' ? text.done : asked === 'refused' ? text.refused : text.away;
    take(asked);
    if (typeof asked === 'object') {
      opened = undefined;
      nextId = newKey();
    }
    draw();
  }

  function draw(): void {
    const text = words();
    document.title = text.name;
    root.replaceChildren(
      el(
        'header',
        {},
        el('h1', {}, text.name),
        button(text.other, 'quiet', () => {
          switchLanguage();
          draw();
        }),
      ),
      el('div', { 'aria-live': 'polite' }, Boolean(said) && el('p', { class: 'said' }, said)),
      ...body(text),
    );
  }

  function body(text: DoorText): HTMLElement[] {
    if (state === 'over') {
      return [
        el('section', { class: 'card' }, el('h2', {}, text.expiredTitle), el('p', {}, text.leave.expired)),
      ];
    }
    if (!view) {
      const again = () => void leavePage(root, link, words, switchLanguage);
      return [
        el('section', { class: 'card' }, el('p', {}, text.leave.away), button(text.retry, 'main', again)),
      ];
    }
    const { officePhone } = view;
    return [
      el('p', { class: 'hello' }, text.hello(view.person)),
      ...view.leaves.map((leave) => leaveCard(leave, view as LeaveDoorView, text)),
      sayForm(view, text),
      ...(officePhone ? [callLink(text.callOffice(readable(officePhone)), officePhone)] : []),
    ];
  }

  function leaveCard(leave: Leave, shown: LeaveDoorView, text: DoorText): HTMLElement {
    const { id } = leave;
    const days = text.leave.span(text.leave.day(leave.fromOn), text.leave.day(leave.untilOn));
    return el(
      'section',
      { class: 'card', 'aria-label': days },
      el('h2', {}, days),
      leave.reason !== null && el('p', {}, leave.reason),
      leave.back === true && el('p', { class: 'going' }, text.leave.backSaid),
      ...(leave.openedAt !== null && leave.back === null
        ? [
            el('p', { class: 'alarm' }, text.leave.opened(timeIn(leave.openedAt, shown.timeZone))),
            el(
              'div',
              { class: 'buttons' },
              button(text.leave.isBack, 'main', () => void press({ action: 'answer', id, back: true })),
              button(text.leave.isNotBack, 'plain', () => void press({ action: 'answer', id, back: false })),
            ),
          ]
        : []),
      ...(leave.back === true
        ? []
        : opened?.id === id
          ? question(leave, opened.what, shown, text)
          : choices(id, text)),
    );
  }

  function choices(id: string, text: DoorText): HTMLElement[] {
    const open = (what: 'change' | 'cancel') => () => {
      opened = { id, what };
      draw();
    };
    return [
      el(
        'div',
        { class: 'buttons' },
        button(text.leave.change, 'plain', open('change')),
        button(text.leave.cancel, 'plain', open('cancel')),
      ),
    ];
  }

  function question(
    leave: Leave,
    what: 'change' | 'cancel',
    shown: LeaveDoorView,
    text: DoorText,
  ): HTMLElement[] {
    const { id, fromOn, untilOn } = leave;
    const back = button(text.back, 'plain', () => {
      opened = undefined;
      draw();
    });
    if (what === 'cancel') {
      const yes = button(text.leave.yesCancel, 'danger', () => void press({ action: 'cancel', id }));
      return [el('p', { role: 'alert' }, text.leave.sureCancel), el('div', { class: 'buttons' }, yes, back)];
    }
    const [, least = fromOn] = [fromOn, shown.today].sort();
    const input = dateField(`until-${id}`, least, untilOn);
    const save = (event: Event) => {
      event.preventDefault();
      void press({ action: 'change', id, untilOn: input.value });
    };
    return [
      el(
        'form',
        { submit: save },
        el('label', { for: `until-${id}` }, text.leave.untilOn),
        input,
        el(
          'div',
          { class: 'buttons' },
          el('button', { type: 'submit', class: 'main' }, text.leave.save),
          back,
        ),
      ),
    ];
  }

  function sayForm({ today, salutation }: LeaveDoorView, text: DoorText): HTMLElement {
    const from = dateField('from', today, today);
    const until = dateField('until', today, '');
    const reason = el('input', { id: 'reason', maxlength: '100' }) as HTMLInputElement;
    const send = (event: Event) => {
      event.preventDefault();
      const word = reason.value.trim();
      void press({
        ...{ action: 'say', id: nextId, fromOn: from.value, untilOn: until.value },
        ...(word ? { reason: word } : {}),
      });
    };
    return el(
      'form',
      { class: 'card', submit: send },
      el('h2', {}, text.leave.title(salutation)),
      el('p', {}, text.leave.lead),
      el('label', { for: 'from' }, text.leave.fromOn),
      from,
      el('label', { for: 'until' }, text.leave.untilOn),
      until,
      el('label', { for: 'reason' }, text.leave.reason),
      reason,
      el('div', { class: 'buttons' }, el('button', { type: 'submit', class: 'main' }, text.leave.say)),
    );
  }
}

const dateField = (id: string, min: string, value: string): HTMLInputElement =>
  el('input', { id, type: 'date', required: true, min, value }) as HTMLInputElement;

const timeIn = (instant: string, timeZone: string): string =>
  new Date(instant).toLocaleString('zh-CN', {
    timeZone,
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
