import { Command } from 'commander';
import { isSensorId } from '#contracts/mqtt/topics.ts';
import { unreadText } from '#pact/text/unread.ts';
import { PactError } from '#platform/errors.ts';
import { listHouseholds } from '#store/register/read-household.ts';
import { createSensor, findSensor, listSensors, retireSensor } from '#store/register/sensor.ts';
import { listUnread } from '#store/sensor/list-unread.ts';
import { listCommunities } from '#store/today/communities.ts';
import { openServerKey } from '../open-server-key.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';
import { localDateTime } from './local-time.ts';
import { table } from './table.ts';

const MOST_SENSORS = 100_000;
const BY = { kind: 'cli' };
const KINDS = ['contact', 'position'] as const;

type AddOptions = { household: string; kind?: string; id?: string; community?: string };

export function sensorCommand({ text, clock, language, withDatabase }: Cli): Command {
  const command = new Command('sensor').description(text.commands.sensor);
  command
    .command('add')
    .description(text.commands.sensorAdd)
    .requiredOption('--household <number>', text.options.household)
    .option('--id <id>', text.options.sensorId)
    .option('--kind <kind>', text.options.sensorKind)
    .option('--community <name>', text.options.community)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, config, options: AddOptions) => {
        const { household: code, id } = options;
        const kind = KINDS.find((known) => known === options.kind);
        if (options.kind && !kind) throw new PactError('BAD_REQUEST', text.badKind);
        if (id !== undefined && !isSensorId(id)) throw new PactError('BAD_REQUEST', text.badSensorId);
        const community = await chooseCommunity(db, options.community, text);
        const homes = await listHouseholds(db, { communityId: community.id, code, limit: 1, offset: 0 });
        const home = homes.items[0];
        if (!home) throw new PactError('NOT_FOUND', text.noHousehold);
        const key = await openServerKey(config, db);
        const named = { ...(id ? { id } : {}), ...(kind ? { kind } : {}) };
        const made = await createSensor(db, key, { householdId: home.id, ...named }, BY, clock.now());
        if (!made.ok) {
          if (made.reason === 'id_taken') throw new PactError('CONFLICT', text.sensorTaken);
          throw new PactError('NOT_FOUND', text.noHousehold);
        }
        return { value: { ...made.value, household: code }, lines: [text.sensorMade(made.value)] };
      }),
    );
  command
    .command('list')
    .description(text.commands.sensorList)
    .option('--community <name>', text.options.community)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, options: { community?: string }) => {
        const community = await chooseCommunity(db, options.community, text);
        const page = { communityId: community.id, limit: MOST_SENSORS, offset: 0 };
        const { items } = await listSensors(db, page);
        const { id, household, curtain, lastSeen, battery } = text.table;
        const rows = items.map((sensor) => [
          sensor.code ?? '',
          sensor.id,
          text.curtains[sensor.curtain],
          localDateTime(sensor.lastSeenAt, community.timeZone),
          sensor.battery === null ? '' : `${sensor.battery}%`,
        ]);
        const header = [household, id, curtain, lastSeen, battery];
        return { value: items, lines: rows.length > 0 ? table(header, rows) : [text.nothing] };
      }),
    );
  command
    .command('show <id>')
    .description(text.commands.sensorShow)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, config, id: string) => {
        const sensor = await findSensor(db, id);
        if (!sensor) throw new PactError('NOT_FOUND', text.noSensor);
        const unread = await listUnread(db, id);
        const [community] = await listCommunities(db, sensor.communityId ? [sensor.communityId] : undefined);
        const timeZone = community?.timeZone ?? config.timeZone;
        const facts = text.sensorFacts({
          home: sensor.code,
          curtain: text.curtains[sensor.curtain],
          lastSeen: localDateTime(sensor.lastSeenAt, timeZone),
          unread: sensor.quarantined,
        });
        const lines = unread.map(({ at, reason, size, preview }) =>
          [localDateTime(at, timeZone), unreadText(reason, language), text.bytes(size), preview].join('  '),
        );
        return { value: { ...sensor, unread }, lines: [`${id}  ${facts}`, ...lines] };
      }),
    );
  command
    .command('retire <id>')
    .description(text.commands.sensorRetire)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, id: string) => {
        const retired = await retireSensor(db, id, BY, clock.now());
        if (!retired.ok) throw new PactError('NOT_FOUND', text.noSensor);
        return { value: { id, retired: true }, lines: [text.sensorRetired] };
      }),
    );
  return command;
}
