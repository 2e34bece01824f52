import { useState } from 'react';
import type { CodecView } from '#contracts/http/register/codec.ts';
import { CODECS_TEXT } from '#pact/text/board-codecs.ts';
import { remove } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { timeOnDay } from '../today/local-time.ts';

/** A codec that is kept: who uses it, and whether it had to be stopped. */
export function CodecLine(props: {
  codec: CodecView;
  timeZone: string;
  onEdit: () => void;
  onChange: () => Promise<void>;
}) {
  const words = useTextOf(CODECS_TEXT);
  const { run, pending } = useAction();
  const [asking, setAsking] = useState(false);
  const { id, name, bytes, devices, stoppedAt, stoppedFor, stoppedCount } = props.codec;
  async function takeOut() {
    if (await run(() => remove(`/codecs/${id}`), words.removed)) await props.onChange();
  }
  const why = words.refusals[stoppedFor ?? ''] ?? stoppedFor ?? '';
  return (
    <li>
      <div className="setting">
        <b>{name}</b>
        <small>{words.facts((bytes / 1024).toFixed(1), devices)}</small>
        {stoppedAt ? (
          <small className="stopped">
            {words.stopped(stoppedCount, why, timeOnDay(stoppedAt, props.timeZone, ''))}
          </small>
        ) : (
          <small>{words.neverStopped}</small>
        )}
        <span className="actions">
          <button type="button" className="link" aria-label={`${words.edit}: ${name}`} onClick={props.onEdit}>
            {words.edit}
          </button>
          <button
            type="button"
            className="link"
            aria-label={`${words.remove}: ${name}`}
            aria-expanded={asking}
            onClick={() => setAsking(!asking)}
          >
            {words.remove}
          </button>
        </span>
      </div>
      {asking ? (
        <div className="amber box" role="alert">
          <p>{words.removeLead(name)}</p>
          <button type="button" className="button danger" disabled={pending} onClick={() => void takeOut()}>
            {words.remove}
          </button>
        </div>
      ) : null}
    </li>
  );
}
