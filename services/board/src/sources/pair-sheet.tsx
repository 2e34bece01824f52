import { type FormEvent, useId, useState } from 'react';
import { DEVICE_FORMATS } from '#contracts/bridge/formats.ts';
import type { DeviceView } from '#contracts/http/register/device.ts';
import { DEVICE_NAMES, SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { patch, post, remove } from '../app/api.ts';
import { HomeChoice } from '../app/home-choice.tsx';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { Sheet } from '../app/sheet.tsx';
import { useAction } from '../app/use-action.ts';
import { kindWords, nameOf } from './device-words.ts';
import { useAskAgain, useCodecs } from './use-sources.ts';

/** Pairs a device with a home: which home, done. Only where nobody knows what it is, that is asked too. */
export function PairSheet({ device, onClose }: { device: DeviceView; onClose: () => void }) {
  const words = useTextOf(SOURCES_TEXT);
  const common = useText();
  const askAgain = useAskAgain();
  const { run, pending, problem } = useAction('inline');
  const codecs = useCodecs(device.communityId);
  const [householdId, setHouseholdId] = useState('');
  const [format, setFormat] = useState('');
  const id = useId();
  const isUnknown = !device.format && !device.guess;
  const path = `/devices/${device.id}`;

  async function pair(event: FormEvent) {
    event.preventDefault();
    const send = async () => {
      const [chosen, codecId] = format.split(':');
      if (codecId) await patch(path, { format: 'codec', codecId });
      await post(`${path}/pairing`, { householdId, ...(chosen ? { format: chosen } : {}) });
    };
    const takeBack = async () => {
      await remove(`${path}/pairing`);
      await askAgain();
    };
    // What was moved is moved again by hand: where it was is not known to be free.
    const undo = device.sensorId
      ? undefined
      : { label: common.undo, run: () => void run(takeBack, words.unpaired) };
    if (!(await run(send, words.pairDone, undo))) return;
    await askAgain();
    onClose();
  }

  return (
    <Sheet title={words.pairTitle(nameOf(device))} kind="box" onClose={onClose}>
      <form onSubmit={pair}>
        <p className="hint">{kindWords(device, undefined, words)}</p>
        <HomeChoice
          label={words.pairHome}
          communityId={device.communityId}
          value={householdId}
          {...(device.householdId ? { except: device.householdId } : {})}
          onChange={setHouseholdId}
        />
        {isUnknown ? (
          <div className="field">
            <label htmlFor={id}>{words.pairFormat}</label>
            <select
              id={id}
              required
              value={format}
              aria-describedby={`${id}-note`}
              onChange={(event) => setFormat(event.target.value)}
            >
              <option value="">{common.choose}</option>
              {DEVICE_FORMATS.filter((one) => one !== 'codec').map((one) => (
                <option key={one} value={one}>
                  {DEVICE_NAMES[one] ?? words.asTold}
                </option>
              ))}
              {codecs.data?.map((codec) => (
                <option key={codec.id} value={`codec:${codec.id}`}>
                  {words.codec(codec.name)}
                </option>
              ))}
            </select>
            <p className="hint" id={`${id}-note`}>
              {words.pairFormatHint}{' '}
              <a className="link" href="#codecs">
                {words.toCodecs}
              </a>
            </p>
          </div>
        ) : null}
        <ProblemNote problem={problem} />
        <button type="submit" className="button strong wide" disabled={pending} aria-busy={pending}>
          {words.pairSubmit}
        </button>
      </form>
    </Sheet>
  );
}
