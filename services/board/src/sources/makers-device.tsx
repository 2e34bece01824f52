import { type FormEvent, useState } from 'react';
import type { SensorCredentials } from '#contracts/http/register/sensor.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { post } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { Credentials } from '../sensors/credentials.tsx';
import { useAskAgain } from './use-sources.ts';

/** Credentials for a device that signs in at our own broker, and where they go in what its maker shows. */
export function MakersDevice(props: { sourceId: string; communityId: string; onClose: () => void }) {
  const words = useTextOf(SOURCES_TEXT).makers;
  const labels = useTextOf(SOURCES_TEXT);
  const askAgain = useAskAgain();
  const { run, pending, problem } = useAction('inline');
  const [householdId, setHouseholdId] = useState('');
  const [made, setMade] = useState<SensorCredentials>();

  async function make(event: FormEvent) {
    event.preventDefault();
    const send = async () =>
      setMade(await post<SensorCredentials>(`/sources/${props.sourceId}/sensors`, { householdId }));
    if (await run(send, words.done)) await askAgain();
  }

  return (
    <Sheet title={words.open} kind="box" onClose={props.onClose}>
      {made ? (
        <>
          <Credentials made={made} />
          <dl className="facts">
            <div>
              <dt>{words.host}</dt>
              <dd>{words.hostHint(location.hostname)}</dd>
            </div>
            <div>
              <dt>{words.tasmota}</dt>
              <dd>{words.tasmotaHow(made.id)}</dd>
            </div>
            <div>
              <dt>{words.shelly}</dt>
              <dd>{words.shellyHow(made.id)}</dd>
            </div>
            <div>
              <dt>{words.esphome}</dt>
              <dd>{words.esphomeHow(made.id)}</dd>
            </div>
          </dl>
          <button type="button" className="button strong wide" onClick={props.onClose}>
            {words.ready}
          </button>
        </>
      ) : (
        <form onSubmit={make}>
          <p className="hint">{words.lead}</p>
          <HomeChoice
            label={labels.pairHome}
            communityId={props.communityId}
            value={householdId}
            onChange={setHouseholdId}
          />
          <ProblemNote problem={problem} />
          <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
            {words.submit}
          </button>
        </form>
      )}
    </Sheet>
  );
}
