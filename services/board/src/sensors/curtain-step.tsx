import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useTextOf } from '../app/language.ts';
import { clockOf } from '../today/local-time.ts';
import type { CurtainReport } from './use-curtain-news.ts';

/**
 * Somebody is asked to draw the curtain; when its sensor has spoken they say that it is so now. What they see counts,
 * and what it said last.
 */
export function CurtainStep(props: {
  ask: 'open' | 'closed';
  step: number;
  heard: CurtainReport | undefined;
  timeZone: string;
  pending: boolean;
  onSeen: (report: CurtainReport) => void;
}) {
  const words = useTextOf(SENSORS_TEXT).test;
  const { ask, heard } = props;
  const hint = ask === 'open' ? words.openHint : words.closedHint;
  return (
    <div className="curtain-step">
      <p className="hint">{words.steps(props.step)}</p>
      <p className="instruction">{ask === 'open' ? words.openAsk : words.closedAsk}</p>
      {hint ? <p className="hint">{hint}</p> : null}
      <p className="curtain-heard" role="status" data-heard={heard ? '' : undefined}>
        {heard ? `✓ ${words.heard(clockOf(heard.at, props.timeZone))}` : words.waiting}
      </p>
      <button
        type="button"
        className="button strong"
        disabled={heard === undefined || props.pending}
        onClick={() => heard && props.onSeen(heard)}
      >
        {ask === 'open' ? words.openYes : words.closedYes}
      </button>
    </div>
  );
}
