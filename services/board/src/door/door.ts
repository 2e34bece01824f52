import type { DoorAction, DoorAlert, DoorView } from '#contracts/http/door.ts';
import { DOOR_TEXT } from '#pact/text/door.ts';
import { newKey } from '../app/new-key.ts';
import { carePage } from './care-page.ts';
import { decalPage } from './decal-page.ts';
import { button, el } from './elements.ts';
import { homeCard, type Opened } from './home-card.ts';
import { doorView, forgetLink, rememberLink, waiting } from './kept.ts';
import { leavePage } from './leave-page.ts';
import { askDoor, sendPress } from './requests.ts';
import './door.css';

/** The page of a steward's link (`/s#…`), of their list of today (`/c#…`), of a leave's link (`/l#…`) and of a decal (`/d#…`): no framework, so that any phone opens it at once. */
const ASK_EVERY_MS = 15_000;
const root = document.getElementById('door') as HTMLElement;

type Language = keyof typeof DOOR_TEXT;
let language: Language = navigator.language.startsWith('en') ? 'en' : 'zh-CN';
const words = () => DOOR_TEXT[language];

let link = '';
let view: DoorView | undefined;
let state: 'loading' | 'shown' | 'offline' | 'over' | 'failed' = 'loading';
let said = '';
/** What is opened on which home: the outcome form, or the question before an emergency. */
let opened: Opened;
let sending = false;

const secret = () => location.hash.slice(1);

function start(): void {
  document.documentElement.lang = language;
  if (location.pathname.startsWith('/l')) {
    void leavePage(root, secret(), words, switchLanguage);
    return;
  }
  if (location.pathname.startsWith('/c')) {
    void carePage(root, secret(), words, switchLanguage);
    return;
  }
  if (location.pathname.startsWith('/d')) {
    void decalPage(root, secret(), words, switchLanguage, (token) => {
      said = words().arrived;
      open(token);
    });
    return;
  }
  open(secret());
}

function open(token: string): void {
  link = token;
  if (!link) {
    state = 'over';
    render();
    return;
  }
  history.replaceState(null, '', `/s#${link}`);
  rememberLink(link);
  view = doorView.last(link);
  state = view ? 'shown' : 'loading';
  render();
  void refresh();
}

/** First what waits is sent, so that what is shown is what came of it. */
async function refresh(): Promise<void> {
  await sendWaiting();
  const asked = await askDoor(link);
  if (asked === 'over' || asked === 'refused') {
    forgetLink(link);
    view = undefined;
    state = 'over';
  } else if (asked === 'away') {
    state = view ? 'offline' : 'failed';
  } else {
    show(asked.ok);
  }
  render();
}

function show(next: DoorView): void {
  view = next;
  state = 'shown';
  doorView.keep(link, next);
}

async function sendWaiting(): Promise<void> {
  if (sending) return;
  sending = true;
  try {
    for (const { link: of, ...press } of waiting.all()) {
      const asked = await sendPress(of, press);
      if (asked === 'away') return;
      waiting.drop(press.key);
      if (asked === 'over' || asked === 'refused') said = words().expired;
      else {
        said = press.action === 'sensor' ? words().sensorDone : words().answers[asked.ok.answer];
        if (of === link) show(asked.ok.view);
      }
    }
  } finally {
    sending = false;
  }
}

/** Kept before it is sent: a phone that dies on the stairs sends it when it is on again. */
function press(alert: DoorAlert, action: DoorAction, note?: string, awayUntil?: string): void {
  const text = note?.trim();
  waiting.keep({
    ...{ link, key: newKey(), alertId: alert.alertId, action, pressedAt: new Date().toISOString() },
    ...(text ? { note: text } : {}),
    ...(awayUntil ? { awayUntil } : {}),
  });
  opened = undefined;
  said = '';
  render();
  void sendWaiting().then(render);
}

function switchLanguage(): void {
  language = language === 'en' ? 'zh-CN' : 'en';
  document.documentElement.lang = language;
}

function render(): void {
  const text = words();
  const count = waiting.all().length;
  document.title = text.name;
  root.replaceChildren(
    el(
      'header',
      {},
      el('h1', {}, text.name),
      button(text.other, 'quiet', () => {
        switchLanguage();
        render();
      }),
    ),
    el(
      'div',
      { 'aria-live': 'polite' },
      count > 0 && el('p', { class: 'wait' }, text.unsent(count)),
      state === 'offline' && count === 0 && el('p', { class: 'wait' }, text.offline),
      Boolean(said) && count === 0 && el('p', { class: 'said' }, said),
    ),
    ...body(),
  );
}

function body(): HTMLElement[] {
  const text = words();
  switch (state) {
    case 'loading':
      return [el('p', { role: 'status' }, text.loading)];
    case 'over':
      return [el('section', { class: 'card' }, el('h2', {}, text.expiredTitle), el('p', {}, text.expired))];
    case 'failed':
      return [
        el(
          'section',
          { class: 'card' },
          el('p', {}, text.failed),
          button(text.retry, 'main', () => void refresh()),
        ),
      ];
    case 'shown':
    case 'offline':
      return view ? homes(view) : [];
    default:
      return state satisfies never;
  }
}

function homes(shown: DoorView): HTMLElement[] {
  const text = words();
  if (shown.alerts.length === 0) return [el('p', {}, text.nothing)];
  return [
    el('p', { class: 'hello' }, text.hello(shown.person)),
    ...shown.alerts.map((alert) =>
      homeCard(alert, shown, text, {
        opened,
        onOpen(next) {
          opened = next;
          render();
        },
        onPress: (action, note, awayUntil) => press(alert, action, note, awayUntil),
      }),
    ),
  ];
}

// A form that somebody writes in is not drawn anew under their thumb.
setInterval(() => {
  if (link && !document.hidden && opened === undefined && state !== 'over') void refresh();
}, ASK_EVERY_MS);
addEventListener('online', () => link && void refresh());
document.addEventListener('visibilitychange', () => {
  if (link && !document.hidden && opened === undefined && state !== 'over') void refresh();
});
addEventListener('hashchange', () => {
  // Another list in the same tab begins anew: the one that is open goes on asking for itself.
  if (location.pathname.startsWith('/c')) location.reload();
  else start();
});
if ('serviceWorker' in navigator) {
  const scope = location.pathname.startsWith('/c') ? '/c' : '/s';
  navigator.serviceWorker.register('/door-worker.js', { scope }).catch((error: unknown) => {
    // The page works without; it only does not open where there is no network.
    console.warn('the page is not kept', error);
  });
}
start();
