import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { SensorCredentials, SensorView } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { get, patch, post, remove } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { Credentials } from './credentials.tsx';

const ACTIONS = ['replace', 'renew', 'move', 'retire'] as const;
type Action = (typeof ACTIONS)[number];
type Props = { sensor: SensorView; communityId: string; onChange: () => Promise<void> };

/**
 * What can be done with the device itself; each says first what follows from it. It stays while a secret is shown, also
 * of a device that has just taken the place of this one.
 */
export function DeviceActions(props: Props) {
  const words = useTextOf(SENSORS_TEXT);
  const [open, setOpen] = useState<Action>();
  return (
    <>
      {props.sensor.retiredAt ? <p className="hint">{words.retire.done}</p> : null}
      <div className="actions">
        {ACTIONS.filter((one) => isPossible(one, props.sensor)).map((one) => (
          <button
            key={one}
            type="button"
            className={one === 'retire' ? 'button danger' : 'button'}
            onClick={() => setOpen(one)}
          >
            {words[one].open}
          </button>
        ))}
      </div>
      {open ? <ActionSheet key={open} action={open} {...props} onClose={() => setOpen(undefined)} /> : null}
    </>
  );
}

const isPossible = (action: Action, { retiredAt, householdId }: SensorView): boolean =>
  retiredAt === null && (action !== 'replace' || householdId !== null);

function ActionSheet({
  action,
  sensor,
  communityId,
  onChange,
  onClose,
}: Props & { action: Action; onClose: () => void }) {
  const common = useText();
  const words = useTextOf(SENSORS_TEXT);
  const { run, pending, problem } = useAction('inline');
  const [newId, setNewId] = useState('');
  const [householdId, setHouseholdId] = useState('');
  const [made, setMade] = useState<SensorCredentials>();
  const labels = words[action];
  const path = `/sensors/${sensor.id}`;

  async function act(event: FormEvent) {
    event.preventDefault();
    const id = newId.trim();
    const sends: Record<Action, () => Promise<unknown>> = {
      replace: async () => setMade(await post<SensorCredentials>(`${path}/replacement`, id ? { id } : {})),
      renew: async () => setMade(await post<SensorCredentials>(`${path}/secret`, {})),
      move: () => patch(path, { householdId }),
      retire: () => remove(path),
    };
    if (!(await run(sends[action], labels.done))) return;
    await onChange();
    if (action === 'move' || action === 'retire') onClose();
  }

  function leave() {
    onClose();
    if (made && made.id !== sensor.id) location.hash = `#sensors/one/${made.id}`;
  }

  return (
    <Sheet title={labels.title} kind="box" onClose={leave}>
      {made ? (
        <>
          <Credentials made={made} />
          {action === 'replace' ? <p className="lead">{words.replace.after}</p> : null}
          <button type="button" className="button strong" onClick={leave}>
            {words.secret.ready}
          </button>
        </>
      ) : (
        <form onSubmit={act}>
          <p className="lead">{action === 'replace' ? words.replace.lead(sensor.id) : words[action].lead}</p>
          {action === 'replace' ? (
            <Field
              label={words.pair.id}
              hint={words.pair.idHint}
              autoComplete="off"
              spellCheck={false}
              maxLength={64}
              pattern="[A-Za-z0-9][A-Za-z0-9_.\-]*"
              value={newId}
              onChange={(event) => setNewId(event.target.value)}
            />
          ) : null}
          {action === 'move' ? (
            <>
              <HomeChoice
                label={words.pair.home}
                communityId={communityId}
                value={householdId}
                {...(sensor.householdId ? { except: sensor.householdId } : {})}
                onChange={setHouseholdId}
              />
              {sensor.code ? <p className="amber box">{words.move.leaves(sensor.code)}</p> : null}
            </>
          ) : null}
          {action === 'retire' && sensor.householdId ? (
            <WhatFollows householdId={sensor.householdId} />
          ) : null}
          <ProblemNote problem={problem} />
          <div className="actions">
            <button
              type="submit"
              className={action === 'retire' ? 'button danger strong' : 'button strong'}
              disabled={pending}
              aria-busy={pending}
            >
              {labels.submit}
            </button>
            <button type="button" className="button" onClick={onClose}>
              {common.cancel}
            </button>
          </div>
        </form>
      )}
    </Sheet>
  );
}

/** Whether a home is left without any sensor. */
function WhatFollows({ householdId }: { householdId: string }) {
  const words = useTextOf(SENSORS_TEXT).retire;
  const query = useQuery({
    queryKey: ['sensors', 'of', householdId],
    queryFn: ({ signal }) => get<{ total: number }>(`/sensors?household=${householdId}`, signal),
  });
  if (query.isError) return <ProblemNote problem={query.error} />;
  if (!query.data) return null;
  return query.data.total <= 1 ? (
    <p className="problem box">{words.last}</p>
  ) : (
    <p className="box">{words.more}</p>
  );
}
