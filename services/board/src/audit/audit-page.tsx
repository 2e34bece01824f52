import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { AuditLine, AuditPage as Page } from '#contracts/http/audit.ts';
import { AUDIT_KINDS, type AuditKind } from '#pact/audit-kind.ts';
import { AUDIT_TEXT, type AuditText } from '#pact/text/board-audit.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { PageFrame } from '../app/page-frame.tsx';
import type { PageProps } from '../app/page-name.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { momentOf } from '../register/moment.ts';
import '../style/audit.css';

type Only = { id: string; name: string };
type Filter = {
  kind: AuditKind | '';
  from: string;
  until: string;
  actor?: Only | undefined;
  home?: Only | undefined;
};

const EVERYTHING: Filter = { kind: '', from: '', until: '' };

/** Who looked at what, who changed what: to be read by people. */
export default function AuditPage(props: PageProps) {
  const words = useTextOf(AUDIT_TEXT);
  return (
    <PageFrame page="audit" title={words.title} shared={props}>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
      </header>
      <Log community={props.community} />
    </PageFrame>
  );
}

function Log({ community }: { community: CommunityView }) {
  const common = useText();
  const words = useTextOf(AUDIT_TEXT);
  const [filter, setFilter] = useState(EVERYTHING);
  const change = (changes: Partial<Filter>) => setFilter((before) => ({ ...before, ...changes }));
  const log = useInfiniteQuery({
    queryKey: ['audit', community.id, filter],
    queryFn: ({ pageParam, signal }) =>
      get<Page>(`/audit?${queryOf(community.id, filter, pageParam)}`, signal),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
  });
  const lines = log.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <Filters filter={filter} onChange={change} />
      {log.isError ? (
        <div className="actions">
          <ProblemNote problem={log.error} />
          <button type="button" className="button" onClick={() => void log.refetch()}>
            {common.retry}
          </button>
        </div>
      ) : null}
      {log.isPending ? (
        <section className="state" aria-busy="true">
          <p role="status">{words.loading}</p>
        </section>
      ) : null}
      {log.isSuccess && lines.length === 0 ? (
        <section className="state">
          <h2>{words.emptyTitle}</h2>
          <p>{words.emptyLead}</p>
        </section>
      ) : null}
      {lines.length > 0 ? (
        <>
          <Lines lines={lines} timeZone={community.timeZone} onOnly={change} />
          {log.hasNextPage ? (
            <button
              type="button"
              className="button"
              aria-busy={log.isFetchingNextPage}
              disabled={log.isFetchingNextPage}
              onClick={() => void log.fetchNextPage()}
            >
              {words.earlier}
            </button>
          ) : (
            <p className="hint">{words.end}</p>
          )}
        </>
      ) : null}
    </>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (changes: Partial<Filter>) => void }) {
  const words = useTextOf(AUDIT_TEXT);
  const only = [
    filter.actor ? { name: words.onlyOf(filter.actor.name), clear: { actor: undefined } } : undefined,
    filter.home ? { name: words.only(filter.home.name), clear: { home: undefined } } : undefined,
  ].filter((one) => one !== undefined);
  return (
    <search className="audit-filters">
      <label>
        {words.kind}
        <select
          value={filter.kind}
          onChange={({ target }) => onChange({ kind: target.value as Filter['kind'] })}
        >
          <option value="">{words.everything}</option>
          {AUDIT_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {words.kinds[kind]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {words.from}
        <input
          type="date"
          value={filter.from}
          max={filter.until || undefined}
          onChange={({ target }) => onChange({ from: target.value })}
        />
      </label>
      <label>
        {words.until}
        <input
          type="date"
          value={filter.until}
          min={filter.from || undefined}
          onChange={({ target }) => onChange({ until: target.value })}
        />
      </label>
      {only.map(({ name, clear }) => (
        <button
          key={name}
          type="button"
          className="button"
          aria-label={words.clear(name)}
          onClick={() => onChange(clear)}
        >
          {name} ✕
        </button>
      ))}
    </search>
  );
}

function Lines(props: {
  lines: readonly AuditLine[];
  timeZone: string;
  onOnly: (only: Partial<Filter>) => void;
}) {
  const words = useTextOf(AUDIT_TEXT);
  return (
    <table className="record-rows audit-log">
      <thead>
        <tr>
          {(['at', 'who', 'what', 'about'] as const).map((name) => (
            <th key={name} scope="col">
              {words.columns[name]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.lines.map((line) => (
          <tr key={line.id}>
            <td data-label={words.columns.at}>
              <time dateTime={line.at}>{momentOf(line.at, props.timeZone)}</time>
            </td>
            <td data-label={words.columns.who}>
              <div>
                <Who line={line} onOnly={props.onOnly} />
              </div>
            </td>
            <td data-label={words.columns.what}>{words.actions[line.action] ?? line.action}</td>
            <td data-label={words.columns.about}>
              <div>
                <About line={line} onOnly={props.onOnly} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type CellProps = { line: AuditLine; onOnly: (only: Partial<Filter>) => void };

function Who({ line, onOnly }: CellProps) {
  const words = useTextOf(AUDIT_TEXT);
  const name = nameOf(line, words);
  const how = words.how[line.actorKind];
  const { actorId } = line;
  return (
    <>
      {actorId ? (
        <button
          type="button"
          className="link"
          aria-label={words.onlyOf(name)}
          onClick={() => onOnly({ actor: { id: actorId, name } })}
        >
          {name}
        </button>
      ) : (
        name
      )}
      {how ? <small> {how}</small> : null}
    </>
  );
}

function nameOf({ actor, actorKind }: AuditLine, words: AuditText): string {
  if (actor) return actor;
  if (actorKind === 'cli') return words.cli;
  if (actorKind === 'system') return words.system;
  return actorKind === 'nobody' ? words.nobody : words.gone;
}

function About({ line, onOnly }: CellProps) {
  const words = useTextOf(AUDIT_TEXT);
  const { householdId, code, salutation, subject } = line;
  const home = householdId && code ? words.home(code, salutation ?? '') : undefined;
  return (
    <>
      {home && householdId ? (
        <button
          type="button"
          className="link"
          aria-label={words.only(home)}
          onClick={() => onOnly({ home: { id: householdId, name: home } })}
        >
          {home}
        </button>
      ) : null}
      {subject ? (
        <>
          {home ? ' · ' : ''}
          {subject}
        </>
      ) : null}
    </>
  );
}

/** Ids and days only: no name stands in an address. */
function queryOf(community: string, { kind, from, until, actor, home }: Filter, before: number): string {
  const asked = {
    community,
    kind,
    from,
    until,
    actor: actor?.id,
    household: home?.id,
    before: before > 0 ? String(before) : undefined,
  };
  return new URLSearchParams(
    Object.entries(asked).filter((entry): entry is [string, string] => Boolean(entry[1])),
  ).toString();
}
