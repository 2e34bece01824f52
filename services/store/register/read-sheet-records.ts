import { sql } from 'kysely';
import { type ColumnKey, columnName, MOST_REPEATS } from '#contracts/register-sheet/columns.ts';
import type { SheetRecord } from '#contracts/register-sheet/write-sheet.ts';
import type { HomeKind } from '#pact/care.ts';
import { CARE_WORDS } from '#pact/text/care.ts';
import type { Db, Tx } from '../database.ts';

type Person = { role: string; name: string; phone: string };
type Row = {
  communityId: string;
  community: string;
  district: string | null;
  street: string | null;
  timeZone: string;
  grid: string;
  code: string;
  salutation: string;
  building: string;
  unit: string | null;
  floor: number | null;
  room: string;
  kind: HomeKind;
  phone: string | null;
  note: string | null;
  residents: { name: string; birthYear: number | null; livesAlone: boolean; hearingWeak: boolean }[] | null;
  people: Person[] | null;
  sensors: { id: string; kind: string }[] | null;
  deadline: string | null;
  earliest: string | null;
  weekdays: number[] | null;
  fromOn: string | null;
};

/** The homes of the register as rows of its sheet, by community and number, as an import would read them. */
export async function readSheetRecords(db: Db | Tx, communityIds: readonly string[]): Promise<SheetRecord[]> {
  const { rows } = await sql<Row>`
    select c.id as "communityId", c.name as community, d.name as district, s.name as street, c.time_zone as "timeZone",
      g.name as grid, h.code, h.salutation, h.building, h.unit, h.floor, h.room, h.kind, h.phone, h.note,
      residents.list as residents, people.list as people, sensors.list as sensors,
      p.deadline, p.earliest, p.weekdays, p.from_on as "fromOn"
    from household h join community c on c.id = h.community_id join grid g on g.id = h.grid_id
    left join street s on s.id = c.street_id left join district d on d.id = s.district_id
    left join pact p on p.household_id = h.id
    left join lateral (
      select json_agg(json_build_object('name', r.name, 'birthYear', r.birth_year, 'livesAlone', r.lives_alone,
        'hearingWeak', r.hearing_weak) order by r.created_at, r.name, r.id) as list
      from resident r where r.household_id = h.id and r.removed_at is null
    ) residents on true
    left join lateral (
      select json_agg(json_build_object('role', a.role, 'name', n.name, 'phone', n.phone) order by a.position, n.id) as list
      from assignment a join person n on n.id = a.person_id where a.household_id = h.id and n.removed_at is null
    ) people on true
    left join lateral (
      select json_agg(json_build_object('id', t.id, 'kind', t.kind) order by t.id) as list
      from sensor t where t.household_id = h.id and t.retired_at is null
    ) sensors on true
    where h.community_id = any (${communityIds}::uuid[]) and h.removed_at is null and not h.is_canary
    order by c.name, length(h.code), h.code`.execute(db);
  const { rows: office } = await sql<{ communityId: string; name: string; phone: string }>`
    select community_id as "communityId", name, phone from person
    where community_id = any (${communityIds}::uuid[]) and kind = 'office' and removed_at is null order by name, id`.execute(
    db,
  );
  const waiting = Map.groupBy(office, ({ communityId }) => communityId);
  return rows.map((row) => recordOf(row, waiting.get(row.communityId)?.shift()));
}

/** Office people belong to no home: each stands in some row of its community. */
function recordOf(row: Row, office: { name: string; phone: string } | undefined): SheetRecord {
  const values: Record<string, string> = {};
  const put = (key: ColumnKey, value: string | number | null | undefined, number = 1) => {
    if (value !== null && value !== undefined && value !== '' && number <= MOST_REPEATS) {
      values[columnName(key, number)] = String(value);
    }
  };
  for (const key of ['code', 'salutation', 'district', 'street', 'community', 'timeZone', 'grid'] as const) {
    put(key, row[key]);
  }
  for (const key of ['building', 'unit', 'floor', 'room', 'phone', 'note'] as const) put(key, row[key]);
  put('kind', CARE_WORDS['zh-CN'].homes[row.kind]);
  for (const key of ['deadline', 'earliest', 'fromOn'] as const) put(key, row[key]);
  if (row.weekdays) put('weekdays', row.weekdays.length === 7 ? EVERY_DAY : row.weekdays.join(','));
  for (const [index, resident] of (row.residents ?? []).entries()) {
    put('name', resident.name, index + 1);
    put('birthYear', resident.birthYear, index + 1);
    put('livesAlone', resident.livesAlone ? YES : NO, index + 1);
    put('hearingWeak', resident.hearingWeak ? YES : NO, index + 1);
  }
  const byRole = Map.groupBy(row.people ?? [], ({ role }) => role);
  for (const [role, [name, phone]] of Object.entries(ROLE_COLUMNS)) {
    for (const [index, person] of (byRole.get(role) ?? []).entries()) {
      put(name, person.name, index + 1);
      put(phone, person.phone, index + 1);
    }
  }
  put('office', office?.name);
  put('officePhone', office?.phone);
  for (const [index, sensor] of (row.sensors ?? []).entries()) {
    put('sensor', sensor.id, index + 1);
    put('sensorKind', sensor.kind, index + 1);
  }
  return { community: row.community, code: row.code, values };
}

const ROLE_COLUMNS = {
  primary: ['steward', 'stewardPhone'],
  backup: ['backup', 'backupPhone'],
  neighbour: ['neighbour', 'neighbourPhone'],
  family: ['family', 'familyPhone'],
} as const satisfies Record<string, readonly [ColumnKey, ColumnKey]>;

/** As the sheet's own words are: the reader knows them in every language. */
const EVERY_DAY = '每天';
const [YES, NO] = ['是', '否'];
