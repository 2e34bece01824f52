import type { SensorView } from '#contracts/http/register/sensor.ts';
import { SENSORS_TEXT } from '#pact/text/board-sensors.ts';
import { useText, useTextOf } from '../app/language.ts';
import { Battery, HeardWords } from './said.tsx';
import { isBatteryLow } from './trouble.ts';
import { whereOf } from './where.ts';

/** One line a sensor: a table where there is room for its columns, cards on a phone. */
export function SensorRows(props: { sensors: readonly SensorView[]; nowMs: number; timeZone: string }) {
  const words = useTextOf(SENSORS_TEXT);
  const { columns } = words;
  return (
    <table className="record-rows">
      <thead>
        <tr>
          {(['home', 'sensor', 'curtain', 'heard', 'battery', 'gateway', 'trouble'] as const).map((name) => (
            <th key={name} scope="col">
              {columns[name]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.sensors.map((sensor) => (
          <Row key={sensor.id} sensor={sensor} nowMs={props.nowMs} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ sensor, nowMs }: { sensor: SensorView; nowMs: number }) {
  const common = useText();
  const words = useTextOf(SENSORS_TEXT);
  const { columns } = words;
  return (
    <tr>
      <th scope="row" data-label={columns.home}>
        <a href={`#sensors/one/${sensor.id}`}>
          {sensor.code ? words.code(sensor.code) : words.noHome} <span>{whereOf(sensor, common)}</span>
        </a>
      </th>
      <td data-label={columns.sensor}>
        <code>{sensor.id}</code> <small>{words.kinds[sensor.kind]}</small>
      </td>
      <td data-label={columns.curtain}>{words.curtains[sensor.curtain]}</td>
      <td data-label={columns.heard}>
        <HeardWords sensor={sensor} nowMs={nowMs} />
      </td>
      <td data-label={columns.battery}>
        <Battery sensor={sensor} />
      </td>
      <td data-label={columns.gateway}>{sensor.gateway ?? words.none}</td>
      <td data-label={columns.trouble}>
        <span className="troubles">
          {sensor.tickets.map((kind) => (
            <i key={kind} data-tone={kind === 'silent' ? 'red' : 'amber'}>
              {words.ticketKinds[kind]}
            </i>
          ))}
          {isBatteryLow(sensor) && !sensor.tickets.includes('battery_low') ? (
            <i data-tone="amber">{words.ticketKinds.battery_low}</i>
          ) : null}
          {sensor.quarantined > 0 ? <i data-tone="amber">{words.unread(sensor.quarantined)}</i> : null}
          {sensor.polarityTestedAt === null ? <i>{words.untested}</i> : null}
          {sensor.reversed ? <i>{words.turned}</i> : null}
          {sensor.tickets.length === 0 &&
          sensor.quarantined === 0 &&
          sensor.polarityTestedAt &&
          !sensor.reversed ? (
            <span className="unseen">{common.home.none}</span>
          ) : null}
        </span>
      </td>
    </tr>
  );
}
