import { useQuery } from '@tanstack/react-query';
import type { CommunityView } from '#contracts/http/account.ts';
import type { DeviceCard as Card } from '#contracts/http/register/device.ts';
import { SOURCES_TEXT } from '#pact/text/board-sources.ts';
import { get } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { momentOf } from '../register/moment.ts';
import { Fact, Section } from '../register/section.tsx';
import { DeviceActions } from './device-actions.tsx';
import { DeviceSettings } from './device-settings.tsx';
import { kindWords, nameOf, refusalWords } from './device-words.ts';
import { Reports } from './reports.tsx';
import { useCodecs, useSources } from './use-sources.ts';

const ASK_EVERY_MS = 2_000;

/** One device: what it says, how that is read, which of its values means open, and its last messages. */
export function DeviceCard({ id, community }: { id: string; community: CommunityView }) {
  const words = useTextOf(SOURCES_TEXT);
  const query = useQuery({
    queryKey: ['device', id],
    queryFn: ({ signal }) => get<Card>(`/devices/${id}`, signal),
    refetchInterval: ASK_EVERY_MS,
  });
  return (
    <>
      <p>
        <a className="link" href="#sources">
          ‹ {words.back}
        </a>
      </p>
      <Loaded query={query} loading={words.loading}>
        {(device) => <OfDevice device={device} community={community} />}
      </Loaded>
    </>
  );
}

function OfDevice({ device, community }: { device: Card; community: CommunityView }) {
  const words = useTextOf(SOURCES_TEXT);
  const common = useText();
  const sources = useSources(community.id);
  const codecs = useCodecs(community.id);
  const { timeZone } = community;
  const { card } = words;
  const source = sources.data?.find(({ id }) => id === device.sourceId);
  const codec = codecs.data?.find(({ id }) => id === device.codecId)?.name;
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {device.code ? `${words.home(device.code)} ${device.salutation ?? ''} ` : null}
            {nameOf(device)} <small>{kindWords(device, codec, words)}</small>
          </h2>
        </div>
        <nav className="actions" aria-label={nameOf(device)}>
          {device.sensorId ? (
            <a className="button" href={`#sensors/one/${device.sensorId}`}>
              {card.toSensor}
            </a>
          ) : null}
        </nav>
      </header>
      <div className="file">
        <Section title={card.says}>
          <dl className="facts">
            <Fact name={card.source}>
              {source ? `${source.name} · ${words.formats[source.format]}` : common.loading}
            </Fact>
            <Fact name={card.address}>
              <code>{device.address}</code>
            </Fact>
            <Fact name={card.seen}>
              {momentOf(device.firstSeenAt, timeZone)} / {momentOf(device.lastSeenAt, timeZone)}
            </Fact>
            <Fact name={card.counts}>{device.messages}</Fact>
            <Fact name={card.refused}>
              {device.refused > 0 ? device.refused : card.none}
              {device.lastRefusal && device.lastRefusedAt ? (
                <small>
                  {' '}
                  {card.lastRefused(
                    refusalWords(device.lastRefusal, words),
                    momentOf(device.lastRefusedAt, timeZone),
                  )}
                </small>
              ) : null}
            </Fact>
            <Fact name={card.missed}>
              {device.missed > 0 ? device.missed : card.none}
              {device.missed > 0 ? <small> {card.missedLead}</small> : null}
            </Fact>
            <Fact name={card.restarts}>{device.restarts > 0 ? device.restarts : card.none}</Fact>
          </dl>
          <DeviceActions device={device} canComeBack={source?.kind !== 'broker'} />
        </Section>
        <Section title={card.direction}>
          <p className={device.polarity === 'untested' ? 'amber box' : undefined}>
            {card.polarity[device.polarity]}
          </p>
          {device.polarity === 'told' ? null : device.sensorId ? (
            <a
              className={device.polarity === 'untested' ? 'button strong' : 'button'}
              href={`#sensors/one/${device.sensorId}`}
            >
              {card.toTest}
            </a>
          ) : (
            <p className="hint">{card.testFirst}</p>
          )}
        </Section>
        <DeviceSettings device={device} codecs={codecs.data ?? []} />
        <Section title={card.reports}>
          <Reports reports={device.reports} timeZone={timeZone} />
        </Section>
      </div>
    </>
  );
}
