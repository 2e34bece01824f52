import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CommunityView } from '#contracts/http/account.ts';
import type { SensorView } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { get } from '../app/api.ts';
import { useTextOf } from '../app/language.ts';
import { Loaded } from '../app/loaded.tsx';
import { useIsOffice } from '../app/session.tsx';
import { Field } from '../entry/field.tsx';
import { useServerTime } from '../today/clock.ts';
import { Pair } from './pair.tsx';
import { SensorRows } from './sensor-rows.tsx';
import { byTrouble, weightOf } from './trouble.ts';

const MOST = 1000;
const FILTERS = ['trouble', 'all'] as const;

/** Every sensor of the community, those in trouble first; those of one home where it is named. */
export function SensorList({ community, homeId }: { community: CommunityView; homeId: string | undefined }) {
  const words = useTextOf(SENSORS_TEXT);
  const isOffice = useIsOffice();
  const nowMs = useServerTime(10_000);
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>();
  const [number, setNumber] = useState('');
  const [pairing, setPairing] = useState(false);
  const query = useQuery({
    queryKey: ['sensors', community.id],
    queryFn: ({ signal }) =>
      get<{ items: SensorView[]; total: number }>(`/sensors?community=${community.id}&limit=${MOST}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const items = query.data?.items ?? [];
  const inTrouble = items.filter((sensor) => weightOf(sensor, nowMs) > 0).length;
  const chosen = filter ?? (inTrouble > 0 && homeId === undefined ? 'trouble' : 'all');
  const wanted = number.trim().replace(/^0+/, '');
  const shown = byTrouble(items, nowMs).filter(
    (sensor) =>
      (homeId === undefined || sensor.householdId === homeId) &&
      (wanted === '' || (sensor.code ?? '').replace(/^0+/, '').startsWith(wanted)) &&
      (chosen === 'all' || wanted !== '' || weightOf(sensor, nowMs) > 0),
  );
  const pair = (
    <button type="button" className="button strong" onClick={() => setPairing(true)}>
      {words.pair.open}
    </button>
  );

  return (
    <>
      <header className="page-head">
        <div>
          <h2>{words.title}</h2>
          <p className="hint">{words.lead}</p>
        </div>
        <nav className="actions" aria-label={words.title}>
          {isOffice ? (
            <a className="button" href="#sources">
              {words.toSources}
            </a>
          ) : null}
          {pair}
        </nav>
      </header>
      <Loaded query={query} loading={words.loading}>
        {({ total }) =>
          items.length === 0 ? (
            <section className="state">
              <h2>{words.emptyTitle}</h2>
              <p>{words.emptyLead}</p>
              {pair}
              {isOffice ? (
                <p>
                  <a className="link" href="#sources">
                    {words.toSources}
                  </a>
                </p>
              ) : null}
            </section>
          ) : (
            <>
              <div className="sensor-filter">
                {homeId === undefined ? (
                  <>
                    <fieldset className="checks">
                      <legend className="unseen">{words.filter}</legend>
                      {FILTERS.map((one) => (
                        <label key={one}>
                          <input
                            type="radio"
                            name="sensors-shown"
                            checked={chosen === one}
                            onChange={() => setFilter(one)}
                          />
                          {words.filters[one]} {one === 'trouble' ? inTrouble : items.length}
                        </label>
                      ))}
                    </fieldset>
                    <Field
                      label={words.find}
                      type="search"
                      inputMode="numeric"
                      autoComplete="off"
                      value={number}
                      onChange={(event) => setNumber(event.target.value)}
                    />
                  </>
                ) : (
                  <p className="filtered">
                    <b>{words.onlyHome}</b>{' '}
                    <a className="link" href="#sensors">
                      {words.showAll}
                    </a>
                  </p>
                )}
                <p className="hint" role="status">
                  {words.counted(shown.length, total)}
                  {total > MOST ? ` ${words.cut(MOST)}` : null}
                </p>
              </div>
              {shown.length === 0 ? (
                <p
                  className={
                    homeId ? 'amber box' : chosen === 'trouble' && wanted === '' ? 'well box' : 'box'
                  }
                >
                  {homeId
                    ? words.noneHere
                    : chosen === 'trouble' && wanted === ''
                      ? words.allWell
                      : words.nothingFound}
                </p>
              ) : (
                <SensorRows sensors={shown} nowMs={nowMs} timeZone={community.timeZone} />
              )}
            </>
          )
        }
      </Loaded>
      {pairing ? <Pair communityId={community.id} homeId={homeId} onClose={() => setPairing(false)} /> : null}
    </>
  );
}
