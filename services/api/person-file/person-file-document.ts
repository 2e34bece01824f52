import { Temporal } from 'temporal-polyfill';
import type { PersonFile } from '#contracts/http/person-file.ts';
import { BOARD_TEXT, type BoardText } from '#pact/text/board.ts';
import { CARE_TEXT } from '#pact/text/board-care.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { REGISTER_TEXT, type RegisterText } from '#pact/text/board-register.ts';
import { CARE_WORDS, careTitle } from '#pact/text/care.ts';
import { describeChange } from '#pact/text/change-words.ts';
import { describeEntry } from '#pact/text/entry-words.ts';
import type { Language } from '#pact/text/language.ts';
import { PERSON_FILE_TEXT, type PersonFileText } from '#pact/text/person-file.ts';
import { placeOf } from '#pact/text/sms.ts';

/** One line: when or what it is, and what it says; `inner` belongs to the line before. */
export type DocumentLine = { label: string; text: string; inner?: boolean };
export type PersonFileDocument = {
  title: string;
  lead: string;
  made: string;
  page(page: number, pages: number): string;
  parts: { title: string; lines: readonly DocumentLine[] }[];
};

type Words = { own: PersonFileText; board: BoardText; register: RegisterText; language: Language };
type Say = { file: PersonFile; words: Words; day(at: string): string; moment(at: string): string };

/** The file in words that the person reads, every part of it and in this order. */
export function describePersonFile(file: PersonFile, language: Language): PersonFileDocument {
  const words = {
    own: PERSON_FILE_TEXT[language],
    board: BOARD_TEXT[language],
    register: REGISTER_TEXT[language],
    language,
  };
  const local = (at: string) => Temporal.Instant.from(at).toZonedDateTimeISO(file.timeZone);
  const day = (at: string) => local(at).toPlainDate().toString();
  const moment = (at: string) => `${day(at)} ${local(at).toPlainTime().toString({ smallestUnit: 'minute' })}`;
  const say: Say = { file, words, day, moment };
  const { own } = words;
  const { parts } = own;
  const lines: Record<keyof PersonFileText['parts'], DocumentLine[]> = {
    ...whoLines(say),
    ...recordLines(say),
    ...morningLines(say),
  };
  const { code, salutation } = file.home;
  return {
    title: own.title(`${file.community} ${words.register.code(code)} ${salutation}`),
    lead: own.lead,
    made: own.made(moment(file.madeAt), file.madeBy),
    page: own.page,
    parts: (Object.keys(parts) as (keyof typeof parts)[]).map((part) => ({
      title: parts[part],
      lines: lines[part].length > 0 ? lines[part] : [{ label: '', text: own.none }],
    })),
  };
}

/** Those of the values that say something, one after the other. */
const joined = (...values: (string | false | null | undefined)[]): string =>
  values.filter(Boolean).join(' · ');
const nameIn = (names: Readonly<Record<string, string>>, key: string): string => names[key] ?? key;
const line = (label: string, text: string, inner?: true): DocumentLine => ({
  label,
  text,
  ...(inner ? { inner } : {}),
});

function whoLines({ file, words, day }: Say) {
  const { own, board, register, language } = words;
  const { home, pact } = file;
  const labels = register.home;
  const facts: [string, string | null][] = [
    [own.fields.place, placeOf(home, language)],
    [own.fields.grid, home.grid],
    [labels.kind, labels.kinds[home.kind]],
    [labels.phone, home.phone],
    [labels.keyNote, home.keyNote],
    [labels.entryConsent, home.entryConsent ? register.yes : register.no],
    [labels.note, home.note],
    [own.fields.registered, day(home.createdAt)],
    [own.fields.removed, home.removedAt && day(home.removedAt)],
  ];
  const agreed: [string, string | null][] = pact
    ? [
        [register.pact.deadline, pact.deadline],
        [register.pact.earliest, pact.earliest],
        [
          register.pact.weekdays,
          pact.weekdays.map((weekday) => register.pact.days[weekday - 1]).join(board.listJoin),
        ],
        [
          register.pact.accepts,
          pact.accepts.map((kind) => nameIn(register.pact.acceptKinds, kind)).join(board.listJoin),
        ],
        [register.pact.fromOn, pact.fromOn],
        [register.pact.untilOn, pact.untilOn],
      ]
    : [];
  const told = (list: [string, string | null][]) =>
    list.flatMap(([label, text]) => (text ? [line(label, text)] : []));
  return {
    home: told(facts),
    residents: file.residents.map((one) =>
      line(
        one.name,
        joined(
          one.birthYear !== null && own.fields.born(one.birthYear),
          one.phone,
          one.livesAlone && own.fields.livesAlone,
          one.hearingWeak && own.fields.hearingWeak,
          one.mobility && nameIn(register.resident.mobilities, one.mobility),
          one.doctor,
          one.note,
          one.removedAt && `${own.fields.removed} ${day(one.removedAt)}`,
        ),
      ),
    ),
    contacts: file.contacts.map(({ role, name, phone }) =>
      line(nameIn(register.people.roles, role), joined(name, phone)),
    ),
    pact: told(agreed),
    sensors: file.sensors.map(({ id, enrolledAt, retiredAt, knownAs }) =>
      line(day(enrolledAt), joined(id, ...knownAs, retiredAt && own.retired(day(retiredAt)))),
    ),
  };
}

/** What people signed, wrote, changed and looked at. */
function recordLines({ file, words, moment }: Say) {
  const { own, register, language } = words;
  const consent = ENROL_TEXT[language].consent;
  return {
    consents: file.consents.map(({ purpose, signedOn, paper, withdrawnOn }) =>
      line(signedOn, joined(consent.purposes[purpose], paper, withdrawnOn && consent.withdrawn(withdrawnOn))),
    ),
    notes: file.notes.map(({ writtenAt, writtenBy, note, struckAt }) =>
      line(moment(writtenAt), joined(note, writtenBy, struckAt && own.struck)),
    ),
    leaves: file.leaves.map(({ fromOn, untilOn, reason, cancelledAt }) =>
      line(`${fromOn} – ${untilOn}`, joined(reason, cancelledAt && own.cancelled)),
    ),
    changes: file.changes.map((change) =>
      line(moment(change.at), joined(describeChange(change, register), register.history.who(change.who))),
    ),
    looks: file.looks.map(({ at, who, action }) =>
      line(moment(at), joined(who ?? own.program, nameIn(own.looks, action))),
    ),
  };
}

/** What was seen of the home, and what followed. */
function morningLines({ file, words, moment }: Say) {
  const { own, board, language } = words;
  return {
    days: file.days.map(({ on, closedAs, reason, proofAt, proofKind }) =>
      line(
        on,
        joined(
          closedAs ? nameIn(own.closedAs, closedAs) : own.open,
          proofAt && own.proof(moment(proofAt), proofKind ? nameIn(own.opened, proofKind) : ''),
          !proofAt && reason && nameIn(board.reasons, reason),
        ),
      ),
    ),
    openings: file.openings.map(({ at, type }) => line(moment(at), nameIn(own.opened, type))),
    alerts: file.alerts.flatMap((alert) => [
      line(
        alert.on,
        joined(nameIn(board.reasons, alert.reason), alert.outcome && nameIn(board.outcomes, alert.outcome)),
      ),
      ...alert.entries.map((entry) => line(moment(entry.at), describeEntry(entry, board, moment), true)),
    ]),
    visits: file.visits.map(({ at, person, outcome, note }) =>
      line(moment(at), joined(nameIn(board.outcomes, outcome), person, note)),
    ),
    care: file.care.map((task) =>
      line(
        task.on,
        joined(
          careTitle(task, CARE_WORDS[language]),
          task.asked,
          CARE_TEXT[language].states[task.state],
          task.at && moment(task.at),
          task.person,
          task.said,
        ),
      ),
    ),
    messages: file.messages.map(({ at, person, channel, text, state }) =>
      line(
        moment(at),
        joined(
          person,
          nameIn(board.messages.channels, channel),
          nameIn(board.messages.states, state),
          text.replace(/\s+/g, ' '),
        ),
      ),
    ),
  };
}
