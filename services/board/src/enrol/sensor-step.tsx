import { useState } from 'react';
import type { SensorCredentials } from '#contracts/http/register/sensor.ts';
import { ENROL_TEXT } from '#pact/text/board-enrol.ts';
import { post } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { Credentials } from '../sensors/credentials.tsx';
import { useServerTime } from '../today/clock.ts';
import { agoOf } from '../today/local-time.ts';
import type { StepProps } from './path.tsx';
import { Step } from './step.tsx';
import '../style/sensors.css';

const KINDS = ['contact', 'position'] as const;

/** Pairs a sensor; what the device needs is shown once. */
export function SensorStep({ file, done, current, onChange }: StepProps) {
  const common = useText();
  const words = useTextOf(ENROL_TEXT).sensor;
  const nowMs = useServerTime(60_000);
  const { run, pending, problem } = useAction('inline');
  const [kind, setKind] = useState<(typeof KINDS)[number]>('contact');
  const [made, setMade] = useState<SensorCredentials>();

  async function pair() {
    const send = async () =>
      setMade(await post<SensorCredentials>('/sensors', { householdId: file.id, kind }));
    if (await run(send, words.paired)) await onChange();
  }

  return (
    <Step
      number={4}
      title={words.step}
      lead={words.lead}
      done={done}
      current={current || made !== undefined}
      summary={words.has(file.sensors.map(({ id }) => id).join('、'))}
    >
      {file.sensors.map(({ id, lastSeenAt }) => (
        <p key={id}>
          <code>{id}</code> {lastSeenAt ? words.lastSeen(agoOf(lastSeenAt, nowMs, common)) : words.never}
        </p>
      ))}
      {made ? <Credentials made={made} /> : null}
      {file.sensors.length === 0 ? (
        <>
          <fieldset className="checks">
            <legend>{words.kind}</legend>
            {KINDS.map((one) => (
              <label key={one}>
                <input type="radio" name="sensor-kind" checked={kind === one} onChange={() => setKind(one)} />
                {words.kinds[one]}
              </label>
            ))}
          </fieldset>
          <ProblemNote problem={problem} />
          <button type="button" className="button strong" disabled={pending} onClick={() => void pair()}>
            {words.pair}
          </button>
          <p>
            <a className="link" href="#sources">
              {words.toSources}
            </a>
          </p>
        </>
      ) : null}
    </Step>
  );
}
