import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { HouseholdFile } from '#contracts/http/register/household.ts';
import { HOME_KINDS } from '#pact/care.ts';
import { REGISTER_TEXT } from '#pact/text/board-register.ts';
import { get, patch, remove } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { HomeCare } from '../care/home-care.tsx';
import { placeOf } from '../facade/home-words.ts';
import { useServerTime } from '../today/clock.ts';
import { agoOf, dateOf } from '../today/local-time.ts';
import { ConsentSection } from './consent-section.tsx';
import { EditSheet, type FormField } from './edit-sheet.tsx';
import { ExportSection } from './export-section.tsx';
import { History } from './history.tsx';
import { Notes } from './notes.tsx';
import { PactSection } from './pact-section.tsx';
import { PeopleSection } from './people-section.tsx';
import { Residents } from './residents.tsx';
import { Fact, Section } from './section.tsx';
import { useRestore } from './use-restore.ts';

export type FileProps = { file: HouseholdFile; onChange: () => Promise<void> };

/** Everything that is known of a home, each part to be changed where it stands. */
export function HomeFile({ id, community }: { id: string; community: CommunityView }) {
  const common = useText();
  const words = useTextOf(REGISTER_TEXT);
  const queries = useQueryClient();
  const nowMs = useServerTime(60_000);
  const query = useQuery({
    queryKey: ['household', id],
    queryFn: ({ signal }) => get<HouseholdFile>(`/households/${id}`, signal),
  });
  const file = query.data;
  if (!file) {
    return (
      <section className="state" aria-busy={!query.isError}>
        {query.isError ? (
          <>
            <h2>{words.failed}</h2>
            <ProblemNote problem={query.error} />
            <a className="button" href="#register">
              {words.back}
            </a>
          </>
        ) : (
          <p role="status">{words.loading}</p>
        )}
      </section>
    );
  }
  const onChange = async () => {
    await queries.invalidateQueries({ queryKey: ['household', id] });
    await queries.invalidateQueries({ queryKey: ['history', id] });
    void queries.invalidateQueries({ queryKey: ['households'] });
  };
  const shared = { file, onChange };
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {words.code(file.code)} {file.salutation} <small>{placeOf(file, common)}</small>
          </h2>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="link" href="#register">
            ‹ {words.back}
          </a>
          <a className="button" href={`#report/home/${id}`}>
            {words.toMonth}
          </a>
          <a className="button" href={`#enrol/${id}`}>
            {words.toEnrolment}
          </a>
        </nav>
      </header>
      <div className="file">
        <HomeSection {...shared} />
        <Residents {...shared} />
        <PeopleSection {...shared} communityId={community.id} />
        <PactSection {...shared} />
        <ConsentSection {...shared} timeZone={community.timeZone} />
        <Section title={words.sensors.title}>
          {file.sensors.length === 0 ? <p className="hint">{words.sensors.none}</p> : null}
          {file.sensors.map((sensor) => (
            <p key={sensor.id}>
              <code>{sensor.id}</code>{' '}
              {sensor.lastSeenAt
                ? words.sensors.lastSeen(agoOf(sensor.lastSeenAt, nowMs, common))
                : words.sensors.never}
              {sensor.battery === null ? null : ` · ${sensor.battery}%`}
            </p>
          ))}
        </Section>
        <Section title={words.leaves.title}>
          {file.leaves.length === 0 ? <p className="hint">{words.leaves.none}</p> : null}
          {file.leaves.map((leave) => (
            <p key={leave.id} className={leave.cancelledAt ? 'struck' : undefined}>
              {words.leaves.span(dateOf(leave.fromOn, common), dateOf(leave.untilOn, common))} {leave.reason}
            </p>
          ))}
        </Section>
        <HomeCare householdId={id} community={community} />
        <Notes {...shared} timeZone={community.timeZone} />
        <History id={id} timeZone={community.timeZone} />
        <ExportSection id={id} code={file.code} />
      </div>
    </>
  );
}

function HomeSection({ file, onChange }: FileProps) {
  const words = useTextOf(REGISTER_TEXT);
  const labels = words.home;
  const { run, pending } = useAction();
  const { undoOf } = useRestore();
  const [open, setOpen] = useState<'edit' | 'remove'>();
  const fields: FormField[] = [
    { kind: 'text', name: 'code', label: labels.code, required: true, most: 4 },
    { kind: 'text', name: 'salutation', label: labels.salutation, required: true, most: 12 },
    { kind: 'text', name: 'building', label: labels.building, required: true, most: 12 },
    { kind: 'text', name: 'unit', label: labels.unit, most: 8 },
    { kind: 'number', name: 'floor', label: labels.floor },
    { kind: 'text', name: 'room', label: labels.room, required: true, most: 8 },
    {
      ...{ kind: 'choice', name: 'kind', label: labels.kind, required: true },
      options: HOME_KINDS.map((value) => ({ value, label: labels.kinds[value] })),
    },
    { kind: 'text', name: 'grid', label: labels.grid, required: true, most: 20 },
    { kind: 'tel', name: 'phone', label: labels.phone, most: 30 },
    { kind: 'text', name: 'keyNote', label: labels.keyNote, hint: labels.keyHint, most: 12 },
    { kind: 'check', name: 'entryConsent', label: labels.entryConsent },
    { kind: 'area', name: 'note', label: labels.note, most: 200 },
  ];
  const values = Object.fromEntries(
    fields.map(({ name }) => [name, file[name as keyof HouseholdFile] as string | null]),
  );
  async function takeOut() {
    const { id, code } = file;
    if (await run(() => remove(`/households/${id}`), labels.removed(code), undoOf('households', id)))
      location.hash = '#register';
  }
  return (
    <Section title={labels.title} onEdit={() => setOpen('edit')}>
      <dl className="facts">
        {fields.map(({ name, label, kind }) => (
          <Fact key={name} name={label}>
            {kind === 'check'
              ? values[name]
                ? words.yes
                : words.no
              : name === 'kind'
                ? labels.kinds[file.kind]
                : (values[name] ?? words.none)}
          </Fact>
        ))}
      </dl>
      <button
        type="button"
        className="link"
        aria-expanded={open === 'remove'}
        onClick={() => setOpen(open === 'remove' ? undefined : 'remove')}
      >
        {labels.remove}
      </button>
      {open === 'remove' ? (
        <div className="amber box" role="alert">
          <p>{labels.removeLead}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void takeOut()}>
            {labels.remove}
          </button>
        </div>
      ) : null}
      {open === 'edit' ? (
        <EditSheet
          title={labels.title}
          draftKey={`home.${file.id}`}
          fields={fields}
          values={values}
          onSave={async (changes) => {
            await patch(`/households/${file.id}`, changes);
            void onChange();
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  );
}
