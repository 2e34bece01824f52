import { readPact } from '#pact/pact.ts';
import { columnName } from './columns.ts';
import type { ReadRow } from './read-row.ts';
import type { KnownRegister, SheetProblem, SheetReason } from './sheet.ts';

/** Where rows contradict each other or the register: codes, sensors, zones, times. */
export function findClashes(rows: readonly ReadRow[], known: KnownRegister): SheetProblem[] {
  return [
    ...codesTwice(rows),
    ...sensorClashes(rows, known),
    ...zoneClashes(rows, known),
    ...pactClashes(rows, known),
  ];
}

const problem = (
  { household }: ReadRow,
  column: string,
  reason: SheetReason,
  allowed?: Record<string, string | number>,
): SheetProblem => ({ row: household.row, column, reason, ...(allowed ? { allowed } : {}) });

/** Nobody can tell which of two rows with one number is right, so both are refused. */
function codesTwice(rows: readonly ReadRow[]): SheetProblem[] {
  const byCode = Map.groupBy(rows, ({ household }) => `${household.community}\n${household.code}`);
  return [...byCode.values()].flatMap((same) => {
    const [first, second] = same;
    if (!first || !second || first.household.code === '') return [];
    return same.map((row) => {
      const otherRow = (row === first ? second : first).household.row;
      return problem(row, columnName('code'), 'code_twice', { otherRow });
    });
  });
}

function sensorClashes(rows: readonly ReadRow[], known: KnownRegister): SheetProblem[] {
  const problems: SheetProblem[] = [];
  const inSheet = new Map<string, number>();
  const inRegister = new Map(known.sensors.map((sensor) => [sensor.id, sensor]));
  for (const row of rows) {
    for (const [index, { id }] of row.household.sensors.entries()) {
      const column = columnName('sensor', index + 1);
      const otherRow = inSheet.get(id);
      const sensor = inRegister.get(id);
      const isHere = sensor?.community === row.household.community && sensor.code === row.household.code;
      if (otherRow !== undefined) problems.push(problem(row, column, 'sensor_twice', { otherRow }));
      else if (sensor?.retired) problems.push(problem(row, column, 'sensor_retired'));
      else if (sensor && sensor.code !== null && !isHere) {
        problems.push(problem(row, column, 'sensor_elsewhere', { code: sensor.code }));
      }
      inSheet.set(id, row.household.row);
    }
  }
  return problems;
}

/** A community has one zone, and a file does not move one that has homes. */
function zoneClashes(rows: readonly ReadRow[], known: KnownRegister): SheetProblem[] {
  const zones = new Map(known.communities.map((community) => [community.name, community.timeZone]));
  return rows.flatMap((row) => {
    const { timeZone } = row.area;
    if (!timeZone) return [];
    const zone = zones.get(row.household.community) ?? timeZone;
    zones.set(row.household.community, zone);
    return zone === timeZone ? [] : [problem(row, columnName('timeZone'), 'zone_differs', { zone })];
  });
}

const DEFAULT_PACT = { deadline: '08:00', earliest: '04:00', deadlines: {} };

/** What the row says of the pact must make sense together with what it leaves as it is. */
function pactClashes(rows: readonly ReadRow[], known: KnownRegister): SheetProblem[] {
  const inRegister = new Map(known.pacts.map((pact) => [`${pact.community}\n${pact.code}`, pact]));
  return rows.flatMap((row) => {
    const { community, code, pact } = row.household;
    const stored = inRegister.get(`${community}\n${code}`) ?? DEFAULT_PACT;
    const earliest = pact.earliest ?? stored.earliest;
    const read = readPact({
      deadline: pact.deadline ?? stored.deadline,
      earliest,
      deadlines: stored.deadlines,
      weekdays: [1],
      accepts: ['opened'],
      signalCloses: true,
      fromOn: '2000-01-01',
    });
    if (read.ok || !read.problems.includes('deadline_before_earliest')) return [];
    const column = columnName(pact.deadline ? 'deadline' : 'earliest');
    return [problem(row, column, 'deadline_before_earliest', { earliest })];
  });
}
