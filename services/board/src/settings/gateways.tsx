import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GatewaySensor } from '#contracts/http/register/gateway.ts';
import { SETTINGS_TEXT } from '#pact/text/board-settings.ts';
import { get, put } from '../app/api.ts';
import { useText, useTextOf } from '../app/language.ts';
import { placeOf } from '../facade/home-words.ts';
import { EditSheet } from '../register/edit-sheet.tsx';
import { Section } from '../register/section.tsx';
import { Listed } from './listed.tsx';

/** Which sensors speak through which radio gateway. */
export function Gateways({ communityId }: { communityId: string }) {
  const common = useText();
  const words = useTextOf(SETTINGS_TEXT).gateways;
  const queries = useQueryClient();
  const [open, setOpen] = useState<{ name: string | undefined }>();
  const query = useQuery({
    queryKey: ['gateways', communityId],
    queryFn: async () => (await get<{ items: GatewaySensor[] }>(`/gateways?community=${communityId}`)).items,
  });
  const sensors = query.data ?? [];
  const former = open?.name;
  const idsOf = (name: string) => sensors.filter(({ gateway }) => gateway === name).map(({ id }) => id);
  const nameOf = (sensor: GatewaySensor) => {
    const { code, gateway } = sensor;
    const place = placeOf(sensor, common);
    const elsewhere = gateway && gateway !== former ? ` · ${words.elsewhere(gateway)}` : '';
    return `${common.home.code(code)} ${place}${elsewhere}`;
  };
  return (
    <Section title={words.title}>
      <p className="hint">
        {words.lead}{' '}
        <a className="link" href="#sources">
          {words.toSources}
        </a>
      </p>
      <Listed query={query} none={words.noSensors}>
        {(all) => (
          <>
            <List sensors={all} onEdit={(name) => setOpen({ name })} />
            <button type="button" className="button" onClick={() => setOpen({ name: undefined })}>
              {words.add}
            </button>
          </>
        )}
      </Listed>
      {open ? (
        <EditSheet
          title={former ?? words.add}
          draftKey={`gateway.${communityId}.${former ?? ''}`}
          fields={[
            { kind: 'text', name: 'name', label: words.name, hint: words.nameHint, required: true, most: 24 },
            {
              kind: 'many',
              name: 'sensorIds',
              label: words.sensors,
              options: sensors.map((sensor) => ({ value: sensor.id, label: nameOf(sensor) })),
            },
          ]}
          values={{ name: former ?? null, sensorIds: former ? idsOf(former) : [] }}
          onSave={async (changes) => {
            const name = String(changes.name ?? former);
            const sensorIds = changes.sensorIds ?? (former ? idsOf(former) : []);
            await put('/gateways', { communityId, name, formerName: former ?? name, sensorIds });
            await queries.invalidateQueries({ queryKey: ['gateways', communityId] });
          }}
          onClose={() => setOpen(undefined)}
        />
      ) : null}
    </Section>
  );
}

function List({ sensors, onEdit }: { sensors: GatewaySensor[]; onEdit: (name: string) => void }) {
  const words = useTextOf(SETTINGS_TEXT).gateways;
  const used = sensors.flatMap(({ gateway }) => gateway ?? []);
  const names = [...new Set(used)].sort();
  if (names.length === 0) return <p className="hint">{words.none}</p>;
  return (
    <ul className="lines">
      {names.map((name) => (
        <li key={name} className="setting">
          <b>{name}</b>
          <small>{words.count(used.filter((one) => one === name).length)}</small>
          <span className="actions">
            <button
              type="button"
              className="link"
              aria-label={`${words.edit}: ${name}`}
              onClick={() => onEdit(name)}
            >
              {words.edit}
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}
