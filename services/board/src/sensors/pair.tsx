import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SensorCredentials } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { post } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { useDraft } from '../app/use-draft.ts';
import { Field } from '../entry/field.tsx';
import { Credentials } from './credentials.tsx';

const KINDS = ['contact', 'position'] as const;
type Draft = { householdId: string; id: string; kind: (typeof KINDS)[number] };

/** Pairs a sensor with a home: which home, what it is, and then, this once, what the device must know. */
export function Pair(props: { communityId: string; homeId: string | undefined; onClose: () => void }) {
  const words = useTextOf(SENSORS_TEXT);
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');
  const { draft, change, forget } = useDraft<Draft>(`pact.pair.${props.communityId}`, {
    householdId: props.homeId ?? '',
    id: '',
    kind: 'contact',
  });
  const [made, setMade] = useState<SensorCredentials>();

  async function pair(event: FormEvent) {
    event.preventDefault();
    const { householdId, kind } = draft;
    const id = draft.id.trim();
    const body = { householdId, kind, ...(id ? { id } : {}) };
    const send = async () => setMade(await post<SensorCredentials>('/sensors', body));
    if (!(await run(send, words.pair.done))) return;
    forget();
    await queries.invalidateQueries({ queryKey: ['sensors'] });
  }

  return (
    <Sheet title={words.pair.title} kind="box" onClose={props.onClose}>
      {made ? (
        <>
          <Credentials made={made} />
          <p className="actions">
            <a className="button strong" href={`#sensors/one/${made.id}`} onClick={props.onClose}>
              {words.secret.ready}
            </a>
          </p>
        </>
      ) : (
        <form onSubmit={pair}>
          <HomeChoice
            label={words.pair.home}
            communityId={props.communityId}
            value={draft.householdId}
            onChange={(householdId) => change({ householdId })}
          />
          <fieldset className="checks">
            <legend>{words.pair.kind}</legend>
            {KINDS.map((kind) => (
              <label key={kind}>
                <input
                  type="radio"
                  name="kind"
                  checked={draft.kind === kind}
                  onChange={() => change({ kind })}
                />
                {words.kindsLong[kind]}
              </label>
            ))}
          </fieldset>
          <Field
            label={words.pair.id}
            hint={words.pair.idHint}
            autoComplete="off"
            spellCheck={false}
            maxLength={64}
            pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*"
            value={draft.id}
            onChange={(event) => change({ id: event.target.value })}
          />
          <ProblemNote problem={problem} />
          <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
            {words.pair.submit}
          </button>
        </form>
      )}
    </Sheet>
  );
}
