import type { UnreadMessage } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useText, useTextOf } from '../app/language.ts';
import { momentOf } from '../register/moment.ts';

/** The last messages that could not be read: when, why, and how they begin. */
export function Unread({
  unread,
  total,
  timeZone,
}: {
  unread: readonly UnreadMessage[];
  total: number;
  timeZone: string;
}) {
  const common = useText();
  const words = useTextOf(SENSORS_TEXT).card;
  if (unread.length === 0) return <p className="hint">{words.noUnread}</p>;
  const reasons = common.unreadReasons as Record<string, string>;
  return (
    <>
      <p className="hint">
        {words.unreadLead} {words.unreadTotal(total)}
      </p>
      <ul className="lines unread-lines">
        {unread.map((one) => (
          <li key={`${one.at} ${one.reason} ${one.preview}`}>
            <p>
              <time dateTime={one.at}>{momentOf(one.at, timeZone)}</time>{' '}
              <b>{reasons[one.reason] ?? one.reason}</b> <small>{words.bytes(one.size)}</small>
            </p>
            {one.preview ? (
              <p>
                <span className="unseen">{words.preview}</span> <code>{one.preview}</code>
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </>
  );
}
