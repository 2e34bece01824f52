import type { DoorAction, DoorAlert, DoorView } from '#contracts/http/door.ts';
import { OUTCOMES, type Outcome } from '#pact/alert.ts';
import type { DoorText } from '#pact/text/door.ts';
import { button, callLink, el, readable } from './elements.ts';

export type Opened = { alertId: string; what: 'outcome' | 'emergency' } | undefined;

type Doing = {
  opened: Opened;
  onOpen(opened: Opened): void;
  onPress(action: DoorAction, note?: string, awayUntil?: string): void;
};

/** One home: who, where, why, and three things to press at a time. */
export function homeCard(alert: DoorAlert, view: DoorView, text: DoorText, doing: Doing): HTMLElement {
  const { home } = alert;
  if (!home) return closedCard(alert, view, text);
  const time = (instant: string) => timeIn(instant, view.timeZone);
  const until = alert.untilAt ? time(alert.untilAt) : '';
  const entry = text.entry(home.keyNote, home.entryConsent);
  return el(
    'section',
    { class: alert.emergency ? 'card emergency' : 'card', 'aria-label': text.code(alert.code) },
    el('h2', {}, el('b', {}, text.code(alert.code)), ` ${home.salutation}`),
    el('p', { class: 'place' }, placeOf(home, text)),
    el(
      'p',
      { class: 'why' },
      `${text.reasons[alert.reason] ?? ''} · ${text.deadline(time(alert.deadlineAt))}`,
    ),
    alert.emergency && el('p', { class: 'alarm' }, text.emergency, entry ? ` · ${entry}` : ''),
    alert.going !== null && el('p', { class: 'going' }, text.going(alert.going)),
    alert.mine === 'going' && el('p', { class: 'going' }, text.youGo(until)),
    alert.mine === 'arrived' && el('p', { class: 'going' }, text.youAreThere(until)),
    ...whatToDo(alert, view, text, doing),
  );
}

function whatToDo(alert: DoorAlert, view: DoorView, text: DoorText, doing: Doing): HTMLElement[] {
  const { alertId } = alert;
  const own = doing.opened?.alertId === alertId ? doing.opened.what : undefined;
  if (own === 'outcome') return [outcomeForm(view, text, doing)];
  if (own === 'emergency') return emergencyQuestion(view, text, doing);
  const { actions } = text;
  const report = button(actions.report, 'main', () => doing.onOpen({ alertId, what: 'outcome' }));
  const emergency = button(actions.emergency, 'danger', () => doing.onOpen({ alertId, what: 'emergency' }));
  const arrive = (kind: string) => button(actions.arrive, kind, () => doing.onPress('arrive'));
  const go = button(actions.acknowledge, 'main', () => doing.onPress('acknowledge'));
  const cannot = button(actions.pass, 'plain', () => doing.onPress('pass'));
  const buttons = {
    no: alert.going === null ? [go, arrive('plain'), cannot] : [arrive('plain'), report, cannot],
    going: [arrive('main'), report, cannot],
    arrived: alert.emergency ? [report] : [report, emergency],
  }[alert.mine];
  const { phone } = alert.home ?? {};
  return [
    el('div', { class: 'buttons' }, ...buttons),
    el(
      'div',
      { class: 'calls' },
      phone ? callLink(text.call(readable(phone)), phone) : undefined,
      alert.emergency ? callLink(text.callEmergency(view.emergencyNumber), view.emergencyNumber) : undefined,
      view.officePhone ? callLink(text.callOffice(readable(view.officePhone)), view.officePhone) : undefined,
    ),
    alert.mine === 'arrived' ? button(actions.sensor, 'quiet', () => doing.onPress('sensor')) : el('span'),
  ];
}

function emergencyQuestion(view: DoorView, text: DoorText, doing: Doing): HTMLElement[] {
  return [
    el('p', { class: 'alarm', role: 'alert' }, text.sureEmergency),
    el(
      'div',
      { class: 'buttons' },
      button(text.yesEmergency, 'danger', () => doing.onPress('emergency')),
      button(text.back, 'plain', () => doing.onOpen(undefined)),
    ),
    el('div', { class: 'calls' }, callLink(text.callEmergency(view.emergencyNumber), view.emergencyNumber)),
  ];
}

function outcomeForm(view: DoorView, text: DoorText, doing: Doing): HTMLElement {
  const today = dateIn(view.now, view.timeZone);
  const until = el('input', { id: 'until', type: 'date', min: today }) as HTMLInputElement;
  const away = el('div', { hidden: true }, el('label', { for: 'until' }, text.awayUntil), until);
  const note = el('textarea', { id: 'note', rows: '2', maxlength: '200' }) as HTMLTextAreaElement;
  const choice = (outcome: Outcome) =>
    el(
      'label',
      { class: 'choice' },
      el('input', {
        ...{ type: 'radio', name: 'outcome', value: outcome, required: true },
        change: () => away.toggleAttribute('hidden', outcome !== 'away'),
      }),
      text.outcomes[outcome],
    );
  const send = (event: Event) => {
    event.preventDefault();
    const chosen = (event.target as HTMLFormElement).querySelector<HTMLInputElement>('input:checked');
    if (chosen) doing.onPress(chosen.value as Outcome, note.value, away.hidden ? undefined : until.value);
  };
  return el(
    'form',
    { submit: send },
    el('fieldset', {}, el('legend', {}, text.outcomeTitle), ...OUTCOMES.map(choice)),
    away,
    el('label', { for: 'note' }, text.note),
    note,
    el(
      'div',
      { class: 'buttons' },
      el('button', { type: 'submit', class: 'main' }, text.send),
      button(text.back, 'plain', () => doing.onOpen(undefined)),
    ),
  );
}

function closedCard({ code, outcome }: DoorAlert, view: DoorView, text: DoorText): HTMLElement {
  const known = OUTCOMES.find((one) => one === outcome);
  return el(
    'section',
    { class: 'card closed', 'aria-label': text.code(code) },
    el('h2', {}, el('b', {}, text.code(code))),
    el('p', {}, text.closed),
    known && el('p', {}, text.outcomeWas(text.outcomes[known])),
    el('p', { class: 'why' }, text.wrong),
    view.officePhone ? callLink(text.callOffice(readable(view.officePhone)), view.officePhone) : undefined,
  );
}

type Door = { building: string; unit: string | null; room: string };
export const placeOf = ({ building, unit, room }: Door, text: DoorText): string => {
  const parts = [text.building(building), unit ? text.unit(unit) : '', room].filter(Boolean);
  return parts.join(parts.some((part) => /[a-z]{2}/i.test(part)) ? ', ' : '');
};

/** The date on the calendar of a place, as a date field takes it. */
const dateIn = (instant: string, timeZone: string): string =>
  new Date(instant).toLocaleDateString('en-CA', { timeZone });

export const timeIn = (instant: string, timeZone: string): string =>
  new Date(instant).toLocaleTimeString('zh-CN', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  });
