import { type ReactNode, useState } from 'react';
import type { DeviceView } from '#contracts/http/register/device.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { patch } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { placeOf } from '../facade/home-words.ts';
import { momentOf } from '../register/moment.ts';
import { Section } from '../register/section.tsx';
import { kindWords, nameOf, reportWords } from './device-words.ts';
import { PairSheet } from './pair-sheet.tsx';
import { useAskAgain, useCodecs } from './use-sources.ts';

type Props = { devices: readonly DeviceView[]; communityId: string; timeZone: string };

/** What sources have told of: what waits for a home, what has one, and what is of no interest. */
export function DeviceList({ devices, communityId, timeZone }: Props) {
  const words = useTextOf(SOURCES_TEXT);
  const codecs = useCodecs(communityId);
  const [pairing, setPairing] = useState<DeviceView>();
  const row = (device: DeviceView) => (
    <Row
      key={device.id}
      device={device}
      codec={codecs.data?.find(({ id }) => id === device.codecId)?.name}
      timeZone={timeZone}
      onPair={() => setPairing(device)}
    />
  );
  const ignored = devices.filter((device) => device.ignoredAt);
  const unknown = devices.filter((device) => !device.sensorId && !device.ignoredAt);
  const paired = devices.filter((device) => device.sensorId && !device.ignoredAt);
  return (
    <>
      <Section title={words.unknownTitle}>
        {unknown.length === 0 ? (
          <p className="hint">{words.unknownNone}</p>
        ) : (
          <>
            <p className="hint">{words.unknownLead}</p>
            <Rows>{unknown.map(row)}</Rows>
          </>
        )}
      </Section>
      <Section title={words.pairedTitle}>
        {paired.length === 0 ? <p className="hint">{words.pairedNone}</p> : <Rows>{paired.map(row)}</Rows>}
      </Section>
      {ignored.length > 0 ? (
        <Section title={words.ignoredTitle}>
          <Rows>{ignored.map(row)}</Rows>
        </Section>
      ) : null}
      {pairing ? <PairSheet device={pairing} onClose={() => setPairing(undefined)} /> : null}
    </>
  );
}

const Rows = ({ children }: { children: ReactNode }) => <ul className="devices">{children}</ul>;

type RowProps = { device: DeviceView; codec: string | undefined; timeZone: string; onPair: () => void };

function Row({ device, codec, timeZone, onPair }: RowProps) {
  const words = useTextOf(SOURCES_TEXT);
  const common = useText();
  const askAgain = useAskAgain();
  const { run, pending } = useAction();
  const { id, last, sensorId, ignoredAt } = device;
  const name = nameOf(device);
  async function ignore(ignored: boolean) {
    const undo = { label: common.undo, run: () => void ignore(false) };
    const done = ignored ? words.ignored : words.unignored;
    await run(() => patch(`/devices/${id}`, { ignored }), done, ignored ? undo : undefined);
    await askAgain();
  }
  return (
    <li aria-label={name}>
      <div>
        <b>
          {sensorId && device.code ? `${words.home(device.code)} ${placeWords(device, common)} · ` : null}
          {name}
        </b>
        <small>
          {kindWords(device, codec, words)}
          {' · '}
          {sensorId
            ? words.messages(device.messages)
            : words.firstSeen(momentOf(device.firstSeenAt, timeZone))}
          {device.polarity === 'untested' && sensorId ? <i data-tone="amber">{words.card.toTest}</i> : null}
        </small>
        {last ? (
          <p className="last-report" data-refused={last.refusal ? '' : undefined}>
            <span>{words.sampleLead(reportWords(last, words), momentOf(last.receivedAt, timeZone))}</span>
            {last.payload ? <code>{last.payload}</code> : null}
          </p>
        ) : null}
      </div>
      <p className="actions">
        {ignoredAt ? (
          <button
            type="button"
            className="button"
            disabled={pending}
            aria-label={`${words.unignore}: ${name}`}
            onClick={() => void ignore(false)}
          >
            {words.unignore}
          </button>
        ) : sensorId ? null : (
          <>
            <button
              type="button"
              className="button strong"
              aria-label={`${words.pair}: ${name}`}
              onClick={onPair}
            >
              {words.pair}
            </button>
            <button
              type="button"
              className="button"
              disabled={pending}
              aria-label={`${words.ignore}: ${name}`}
              onClick={() => void ignore(true)}
            >
              {words.ignore}
            </button>
          </>
        )}
        <a className="button" href={`#sources/device/${id}`} aria-label={`${words.toDevice}: ${name}`}>
          {words.toDevice}
        </a>
      </p>
    </li>
  );
}

const placeWords = (device: DeviceView, common: ReturnType<typeof useText>): string => {
  const { building, unit, room } = device;
  return building && room ? placeOf({ building, unit, room }, common) : '';
};
