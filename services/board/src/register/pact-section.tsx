import { useState } from 'react';
import { SIGNAL_KINDS } from '#pact/signal.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { patch } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { dateOf } from '../today/local-time.ts';
import { EditSheet, type FormField, type FormValues } from './edit-sheet.tsx';
import type { FileProps } from './home-file.tsx';
import { Fact, Section } from './section.tsx';

/** What was agreed: when, on which days, what counts. */
export function PactSection({ file, onChange }: FileProps) {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.pact;
  const [open, setOpen] = useState(false);
  const { pact } = file;
  if (!pact) {
    return (
      <Section title={labels.title}>
        <p className="hint">{labels.none}</p>
        <a className="button" href={`#enrol/${file.id}`}>
          {words.toEnrolment}
        </a>
      </Section>
    );
  }
  const fields: FormField[] = [
    { kind: 'time', name: 'deadline', label: labels.deadline, required: true },
    { kind: 'time', name: 'earliest', label: labels.earliest, required: true },
    {
      kind: 'many',
      name: 'weekdays',
      label: labels.weekdays,
      options: labels.days.map((label, index) => ({ value: String(index + 1), label })),
    },
    {
      kind: 'many',
      name: 'accepts',
      label: labels.accepts,
      options: SIGNAL_KINDS.map((value) => ({ value, label: labels.acceptKinds[value] })),
    },
    { kind: 'check', name: 'signalCloses', label: labels.signalCloses },
    { kind: 'check', name: 'callsElder', label: labels.callsElder },
    { kind: 'date', name: 'fromOn', label: labels.fromOn, required: true },
    { kind: 'date', name: 'untilOn', label: labels.untilOn },
  ];
  const { deadline, earliest, weekdays, accepts, signalCloses, callsElder, fromOn, untilOn } = pact;
  const values: FormValues = {
    ...{
      deadline,
      earliest,
      weekdays: weekdays.map(String),
      accepts,
      signalCloses,
      callsElder,
      fromOn,
      untilOn,
    },
  };
  const days =
    weekdays.length === 7
      ? labels.everyDay
      : weekdays.map((day) => labels.days[day - 1]).join(common.listJoin);
  const kinds = labels.acceptKinds as Record<string, string>;
  return (
    <Section title={labels.title} onEdit={() => setOpen(true)}>
      <dl className="facts">
        <Fact name={labels.deadline}>{deadline}</Fact>
        <Fact name={labels.earliest}>{earliest}</Fact>
        <Fact name={labels.weekdays}>{days}</Fact>
        <Fact name={labels.accepts}>{accepts.map((kind) => kinds[kind] ?? kind).join(common.listJoin)}</Fact>
        <Fact name={labels.signalCloses}>{signalCloses ? words.yes : words.no}</Fact>
        <Fact name={labels.callsElder}>{callsElder ? words.yes : words.no}</Fact>
        <Fact name={labels.fromOn}>{dateOf(fromOn, common)}</Fact>
        {untilOn ? <Fact name={labels.untilOn}>{dateOf(untilOn, common)}</Fact> : null}
      </dl>
      {open ? (
        <EditSheet
          title={labels.title}
          draftKey={`pact.${pact.id}`}
          fields={fields}
          values={values}
          onSave={async (changes) => {
            const days = changes.weekdays as readonly string[] | undefined;
            await patch(`/pacts/${pact.id}`, {
              ...changes,
              ...(days ? { weekdays: days.map(Number).sort() } : {}),
            });
            void onChange();
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </Section>
  );
}
