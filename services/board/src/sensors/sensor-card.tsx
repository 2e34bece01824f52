import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { SensorCard as Card } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { get, patch } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { ProblemNote } from '../app/problem-note.tsx';
import { useIsOffice } from '../app/session.tsx';
import { EditSheet, type FormField } from '../register/edit-sheet.tsx';
import { momentOf } from '../register/moment.ts';
import { Fact, Section } from '../register/section.tsx';
import { useServerTime } from '../today/clock.ts';
import { DeviceActions } from './device-actions.tsx';
import { PolarityTest } from './polarity-test.tsx';
import { Battery, HeardWords } from './said.tsx';
import { SensorTickets } from './sensor-tickets.tsx';
import { Unread } from './unread.tsx';
import { whereOf } from './where.ts';
import '../style/register.css';

/** One sensor: what it says, what is wrong with it, how it is mounted and set, and what can be done with the device. */
export function SensorCard({ id, community }: { id: string; community: CommunityView }) {
  const common = useText();
  const isOffice = useIsOffice();
  const words = useTextOf(SENSORS_TEXT);
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['sensor', id],
    queryFn: ({ signal }) => get<Card>(`/sensors/${id}`, signal),
    refetchInterval: 10_000,
  });
  const sensor = query.data;
  if (!sensor) {
    return (
      <section className="state" aria-busy={query.isPending}>
        <a className="link" href="#sensors">
          ‹ {words.back}
        </a>
        {query.isError ? (
          <>
            <h2>{words.failed}</h2>
            <ProblemNote problem={query.error} />
            <button type="button" className="button strong" onClick={() => void query.refetch()}>
              {common.retry}
            </button>
          </>
        ) : (
          <p role="status">{words.loading}</p>
        )}
      </section>
    );
  }
  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ['sensor', id] });
    await queries.invalidateQueries({ queryKey: ['sensors'] });
    await queries.invalidateQueries({ queryKey: ['tickets'] });
  };
  const { timeZone } = community;
  return (
    <>
      <header className="page-head">
        <div>
          <h2>
            {sensor.code ? words.code(sensor.code) : words.noHome} {whereOf(sensor, common)}{' '}
            <small>{sensor.id}</small>
          </h2>
        </div>
        <nav className="actions" aria-label={words.title}>
          <a className="link" href="#sensors">
            ‹ {words.back}
          </a>
          {sensor.householdId && isOffice ? (
            <>
              <a className="button" href={`#register/${sensor.householdId}`}>
                {words.card.toFile}
              </a>
              <a className="button" href={`#enrol/${sensor.householdId}`}>
                {words.card.toTest}
              </a>
            </>
          ) : null}
        </nav>
        {sensor.retiredAt ? (
          <p className="problem box">{words.card.retired(momentOf(sensor.retiredAt, timeZone))}</p>
        ) : null}
      </header>
      <div className="file">
        <Says sensor={sensor} timeZone={timeZone} />
        {sensor.retiredAt ? null : (
          <>
            <Section title={words.card.faults}>
              <SensorTickets sensor={sensor} community={community} onChange={changed} />
            </Section>
            <Section title={words.card.direction}>
              <PolarityTest sensor={sensor} timeZone={timeZone} />
            </Section>
            <Settings sensor={sensor} onChange={changed} />
          </>
        )}
        <Section title={words.card.device}>
          {sensor.deviceId && isOffice ? (
            <p className="hint">
              {words.card.bridged}{' '}
              <a className="link" href={`#sources/device/${sensor.deviceId}`}>
                {words.card.toDevice}
              </a>
            </p>
          ) : null}
          <DeviceActions sensor={sensor} communityId={community.id} onChange={changed} />
        </Section>
        <Section title={words.card.unread}>
          <Unread unread={sensor.unread} total={sensor.quarantined} timeZone={timeZone} />
        </Section>
      </div>
    </>
  );
}

function Says({ sensor, timeZone }: { sensor: Card; timeZone: string }) {
  const words = useTextOf(SENSORS_TEXT);
  const { columns, card } = words;
  const nowMs = useServerTime(10_000);
  return (
    <Section title={card.says}>
      <dl className="facts">
        <Fact name={columns.curtain}>
          {words.curtains[sensor.curtain]}
          {sensor.curtainAt ? <small> {momentOf(sensor.curtainAt, timeZone)}</small> : null}
        </Fact>
        <Fact name={columns.heard}>
          <HeardWords sensor={sensor} nowMs={nowMs} />
        </Fact>
        <Fact name={card.online}>{sensor.online ? card.isOnline : card.isOffline}</Fact>
        <Fact name={columns.battery}>
          <Battery sensor={sensor} />
        </Fact>
        <Fact name={card.firmware}>{sensor.firmware ?? words.none}</Fact>
        <Fact name={card.since}>{momentOf(sensor.enrolledAt, timeZone)}</Fact>
      </dl>
    </Section>
  );
}

function Settings({ sensor, onChange }: { sensor: Card; onChange: () => Promise<void> }) {
  const words = useTextOf(SENSORS_TEXT);
  const labels = words.settings;
  const [open, setOpen] = useState(false);
  const { kind, silenceMinutes, openPercent, gateway } = sensor;
  const fields: FormField[] = [
    {
      name: 'kind',
      label: labels.kind,
      kind: 'choice',
      options: (['contact', 'position'] as const).map((value) => ({ value, label: words.kindsLong[value] })),
    },
    {
      name: 'silenceMinutes',
      label: labels.silence,
      hint: labels.silenceHint,
      kind: 'number',
      required: true,
    },
    ...(kind === 'position'
      ? [{ name: 'openPercent', label: labels.percent, kind: 'number' as const, required: true }]
      : []),
    { name: 'gateway', label: labels.gateway, hint: labels.gatewayHint, kind: 'text', most: 24 },
  ];
  return (
    <Section title={words.card.settings} onEdit={() => setOpen(true)}>
      <dl className="facts">
        <Fact name={labels.kind}>{words.kindsLong[kind]}</Fact>
        <Fact name={labels.silence}>{silenceMinutes}</Fact>
        {kind === 'position' ? <Fact name={labels.percent}>{openPercent}%</Fact> : null}
        <Fact name={labels.gateway}>{gateway ?? words.none}</Fact>
      </dl>
      {open ? (
        <EditSheet
          title={words.card.settings}
          draftKey={`sensor.${sensor.id}`}
          fields={fields}
          values={{ kind, silenceMinutes, openPercent, gateway }}
          onSave={async (changes) => {
            await patch(`/sensors/${sensor.id}`, changes);
            await onChange();
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </Section>
  );
}
