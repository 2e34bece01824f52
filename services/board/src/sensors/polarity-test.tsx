import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PolarityResult, SensorView } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { post } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useAction } from '../app/use-action.ts';
import { momentOf } from '../register/moment.ts';
import { CurtainStep } from './curtain-step.tsx';
import { type CurtainReport, useCurtainNews } from './use-curtain-news.ts';

/** Which way a sensor is mounted: what was found, and the guided test that finds it. */
export function PolarityTest({ sensor, timeZone }: { sensor: SensorView; timeZone: string }) {
  const words = useTextOf(SENSORS_TEXT);
  const [running, setRunning] = useState(false);
  const [result, setResult] = useState<PolarityResult>();
  const { polarityTestedAt, reversed } = sensor;

  return (
    <div className="polarity">
      {result ? (
        <p className={result.result === 'reversed' ? 'amber box' : 'well box'} role="status">
          {result.result === 'reversed'
            ? `${words.test.reversed} ${words.test.nextTurned}`
            : result.reversed
              ? words.test.rightAgain
              : words.test.right}
        </p>
      ) : (
        <p className={polarityTestedAt ? undefined : 'amber box'}>
          {polarityTestedAt
            ? `${words.test.testedAt(momentOf(polarityTestedAt, timeZone))} ${reversed ? words.turned : words.right}`
            : words.test.untested}
        </p>
      )}
      {running ? (
        <Run
          sensorId={sensor.id}
          timeZone={timeZone}
          onStop={() => setRunning(false)}
          onResult={(found) => {
            setResult(found);
            setRunning(false);
          }}
        />
      ) : (
        <>
          <p className="hint">{words.test.lead}</p>
          <button
            type="button"
            className={polarityTestedAt || result ? 'button' : 'button strong'}
            onClick={() => {
              setResult(undefined);
              setRunning(true);
            }}
          >
            {polarityTestedAt || result ? words.test.again : words.test.start}
          </button>
        </>
      )}
    </div>
  );
}

function Run(props: {
  sensorId: string;
  timeZone: string;
  onStop: () => void;
  onResult: (result: PolarityResult) => void;
}) {
  const words = useTextOf(SENSORS_TEXT);
  const queries = useQueryClient();
  const { run, pending, problem } = useAction('inline');
  const news = useCurtainNews(props.sensorId);
  const [open, setOpen] = useState<CurtainReport>();

  async function finish(closed: CurtainReport) {
    const body = { openEventId: open?.id, closedEventId: closed.id };
    let found: PolarityResult | undefined;
    const send = async () => {
      found = await post<PolarityResult>(`/sensors/${props.sensorId}/polarity`, body);
    };
    if (!(await run(send, words.tickets.saved))) {
      // From the first step anew: of a test that failed nothing is worth keeping.
      setOpen(undefined);
      news.begin(closed.id);
      return;
    }
    await queries.invalidateQueries({ queryKey: ['sensor', props.sensorId] });
    if (found) props.onResult(found);
  }

  return (
    <>
      {!news.ready ? (
        <p role="status">{words.loading}</p>
      ) : open ? (
        <CurtainStep
          ask="closed"
          step={2}
          heard={news.heard}
          timeZone={props.timeZone}
          pending={pending}
          onSeen={(report) => void finish(report)}
        />
      ) : (
        <CurtainStep
          ask="open"
          step={1}
          heard={news.heard}
          timeZone={props.timeZone}
          pending={pending}
          onSeen={(report) => {
            setOpen(report);
            news.begin(report.id);
          }}
        />
      )}
      <ProblemNote problem={problem ?? news.problem} />
      <button type="button" className="link" onClick={props.onStop}>
        {words.test.stop}
      </button>
    </>
  );
}
