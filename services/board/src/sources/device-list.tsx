import { type ReactNode, useState } from 'react';
import type { DeviceView } from '#contracts/http/register/device.ts';
import type { BoardText } from '#pact/text/board.ts';
import { SOURCES_TEXT, type SourcesText } from '#pact/text/board-sources.ts';
import { patch } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { useAction } from '../app/use-action.ts';
import { Field } from '../entry/field.tsx';
import { placeOf } from '../facade/home-words.ts';
import { momentOf } from '../register/moment.ts';
import { Section } from '../register/section.tsx';
import { kindWords, nameOf, reportWords } from './device-words.ts';
import { PairSheet } from './pair-sheet.tsx';
import { useAskAgain, useCodecs } from './use-sources.ts';

/** More than are seen at a glance. */
const MANY = 8;

type Props = { devices: readonly DeviceView[]; communityId: string; timeZone: string };

/** What sources have told of: what waits for a home, what has one, and what is of no interest. */
export function DeviceList({ devices, communityId, timeZone }: Props) {
  const words = useTextOf(SOURCES_TEXT);
  const codecs = useCodecs(communityId);
  const [pairing, setPairing] = useState<DeviceView>();
  const [find, setFind] = useState('');
  const row = (device: DeviceView) => (
    <Row
      key={device.id}
      device={device}
      codec={codecs.data?.find(({ id }) => id === device.codecId)?.name}
      timeZone={timeZone}
      onPair={() => setPairing(device)}
    />
  );
  const wanted = find.trim().toLowerCase();
  const found = devices.filter((device) => wanted === '' || isNamed(device, wanted));
  const ignored = found.filter((device) => device.ignoredAt);
  const unknown = found.filter((device) => !device.sensorId && !device.ignoredAt);
  const paired = found.filter((device) => device.sensorId && !device.ignoredAt);
  const none = (otherwise: string) => (
    <p className="hint">{wanted === '' ? otherwise : words.nothingFound}</p>
  );
  return (
    <>
      {devices.length > MANY ? (
        <Field
          label={words.find}
          type="search"
          autoComplete="off"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      ) : null}
      <Section title={words.unknownTitle}>
        {unknown.length === 0 ? (
          none(words.unknownNone)
        ) : (
          <>
            <p className="hint">{words.unknownLead}</p>
            <Rows>{unknown.map(row)}</Rows>
          </>
        )}
      </Section>
      <Section title={words.pairedTitle}>
        {paired.length === 0 ? none(words.pairedNone) : <Rows>{paired.map(row)}</Rows>}
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

/** By its home's number, what it is called, or its address. */
const isNamed = ({ code, name, address }: DeviceView, wanted: string): boolean =>
  code?.replace(/^0+/, '') === wanted.replace(/^0+/, '') ||
  [name, address].some((one) => one?.toLowerCase().includes(wanted));

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
          {sensorId ? `${homeWords(device, words, common)} · ` : null}
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

/** Its home may have left the register, or taken its consent back. */
function homeWords(device: DeviceView, words: SourcesText, common: BoardText): string {
  const { code, building, unit, room } = device;
  if (code === null || building === null || room === null) return words.homeless;
  return `${words.home(code)} ${placeOf({ building, unit, room }, common)}`;
}
