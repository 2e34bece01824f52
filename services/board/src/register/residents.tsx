import { useState } from 'react';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { MOBILITIES } from '#pact/register-limits.ts';
import { REGISTER_TEXT, type RegisterText } from '#pact/text/board-register.ts';
import { patch, post, remove } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { useServerTime } from '../today/clock.ts';
import { EditSheet, type FormField, type FormValues } from './edit-sheet.tsx';
import type { FileProps } from './home-file.tsx';
import { Fact, Section } from './section.tsx';
import { useRestore } from './use-restore.ts';

type Resident = HouseholdFile['residents'][number];

/** The elders of a home, each with a file of their own (一人一档). */
export function Residents({ file, onChange }: FileProps) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.resident;
  const [open, setOpen] = useState<Resident | 'new'>();
  const fields = fieldsOf(labels);
  const close = () => setOpen(undefined);
  return (
    <Section title={labels.title}>
      {file.residents.map((resident) => (
        <ResidentCard
          key={resident.id}
          resident={resident}
          onEdit={() => setOpen(resident)}
          onChange={onChange}
        />
      ))}
      <button type="button" className="button" onClick={() => setOpen('new')}>
        {labels.add}
      </button>
      {open ? (
        <EditSheet
          title={open === 'new' ? labels.add : open.name}
          draftKey={open === 'new' ? `resident.new.${file.id}` : `resident.${open.id}`}
          fields={fields}
          values={open === 'new' ? { livesAlone: true, hearingWeak: false } : valuesOf(open, fields)}
          onSave={async (changes) => {
            if (open === 'new')
              await post('/residents', { householdId: file.id, livesAlone: true, ...changes });
            else await patch(`/residents/${open.id}`, changes);
            void onChange();
          }}
          onClose={close}
        />
      ) : null}
    </Section>
  );
}

const valuesOf = (resident: Resident, fields: readonly FormField[]): FormValues =>
  Object.fromEntries(fields.map(({ name }) => [name, resident[name as keyof Resident] ?? null]));

const fieldsOf = (labels: RegisterText['resident']): FormField[] => [
  { kind: 'text', name: 'name', label: labels.name, required: true, most: 20 },
  { kind: 'number', name: 'birthYear', label: labels.birthYear },
  { kind: 'tel', name: 'phone', label: labels.phone, most: 30 },
  { kind: 'check', name: 'livesAlone', label: labels.livesAlone },
  { kind: 'check', name: 'hearingWeak', label: labels.hearingWeak, hint: labels.hearingHint },
  {
    kind: 'choice',
    name: 'mobility',
    label: labels.mobility,
    options: MOBILITIES.map((value) => ({ value, label: labels.mobilities[value] })),
  },
  { kind: 'text', name: 'doctor', label: labels.doctor, most: 60 },
  { kind: 'area', name: 'note', label: labels.note, most: 200 },
];

function ResidentCard(props: { resident: Resident; onEdit: () => void; onChange: () => Promise<void> }) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.resident;
  const { run, pending } = useAction();
  const { undoOf } = useRestore();
  const [asking, setAsking] = useState(false);
  const { resident } = props;
  async function takeOut() {
    const send = () => remove(`/residents/${resident.id}`);
    if (await run(send, words.saved, undoOf('residents', resident.id))) await props.onChange();
  }
  return (
    <article className="resident">
      <header>
        <h4>
          {resident.name} <Age resident={resident} />
        </h4>
        <button
          type="button"
          className="link"
          aria-label={`${words.edit}: ${resident.name}`}
          onClick={props.onEdit}
        >
          {words.edit}
        </button>
        <button
          type="button"
          className="link"
          aria-label={`${words.remove}: ${resident.name}`}
          aria-expanded={asking}
          onClick={() => setAsking(!asking)}
        >
          {words.remove}
        </button>
      </header>
      <ResidentFacts resident={resident} />
      {asking ? (
        <div className="amber box" role="alert">
          <p>{labels.removeLead(resident.name)}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void takeOut()}>
            {words.remove}
          </button>
        </div>
      ) : null}
    </article>
  );
}

/** What is to be known of an elder before one stands before them. */
export function ResidentFacts({ resident }: { resident: Resident }) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.resident;
  return (
    <dl className="facts">
      <Fact name={labels.phone}>
        {resident.phone ? <a href={`tel:${resident.phone}`}>{resident.phone}</a> : words.none}
      </Fact>
      <Fact name={labels.livesAlone}>{resident.livesAlone ? words.yes : words.no}</Fact>
      <Fact name={labels.hearingWeak}>{resident.hearingWeak ? words.yes : words.no}</Fact>
      <Fact name={labels.mobility}>
        {resident.mobility ? labels.mobilities[resident.mobility] : words.none}
      </Fact>
      <Fact name={labels.doctor}>{resident.doctor ?? words.none}</Fact>
      {resident.note ? <Fact name={labels.note}>{resident.note}</Fact> : null}
    </dl>
  );
}

export function Age({ resident: { birthYear } }: { resident: Resident }) {
  const labels = useTextOf(REGISTER_TEXT).resident;
  const thisYear = new Date(useServerTime(3_600_000)).getUTCFullYear();
  if (birthYear === null) return null;
  const age = thisYear - birthYear;
  return <small>{labels.age(age, bandOf(age, labels))}</small>;
}

function bandOf(age: number, { bands }: RegisterText['resident']): string {
  if (age < 60) return bands.under;
  if (age < 70) return bands.from60;
  if (age < 80) return bands.from70;
  return age < 90 ? bands.from80 : bands.from90;
}
