import encodeQR from 'qr';
import { useState } from 'react';
import type { SensorCredentials } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useTextOf } from '../app/language.ts';
import { sayDone } from '../app/toast.tsx';

const PARTS = ['id', 'secret', 'topic'] as const;

/** What a device needs to speak to us, shown this once: to be copied, or read by the device's own page. */
export function Credentials({ made }: { made: SensorCredentials }) {
  const words = useTextOf(SENSORS_TEXT).secret;
  const [byHand, setByHand] = useState(false);

  async function copy(text: string) {
    try {
      await navigator.clipboard.writeText(text);
      sayDone(words.copied);
    } catch (error) {
      // Without TLS, or without leave, a browser copies nothing.
      console.warn('not copied', error);
      setByHand(true);
    }
  }

  return (
    <div className="credentials">
      <p className="amber box">{words.once}</p>
      <dl>
        {PARTS.map((name) => (
          <div key={name}>
            <dt>{words[name]}</dt>
            <dd>
              <code>{made[name]}</code>{' '}
              <button type="button" className="link" onClick={() => void copy(made[name])}>
                {words.copy}
                <span className="unseen"> {words[name]}</span>
              </button>
            </dd>
          </div>
        ))}
      </dl>
      {byHand ? <p role="status">{words.copyByHand}</p> : null}
      <figure>
        <Code text={JSON.stringify({ id: made.id, secret: made.secret, topic: made.topic })} />
        <figcaption className="hint">{words.scan}</figcaption>
      </figure>
    </div>
  );
}

/** White around it belongs to the code: readers need four modules. */
const QUIET = 4;

function Code({ text }: { text: string }) {
  const words = useTextOf(SENSORS_TEXT).secret;
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET });
  const path = modules
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg role="img" aria-label={words.scan} viewBox={`0 0 ${modules.length} ${modules.length}`}>
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path} fill="#2b2622" />
    </svg>
  );
}
