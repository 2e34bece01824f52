import { randomUUID } from 'node:crypto';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { noteSightings } from '#store/bridge/note.ts';
import { sightingOf } from '#store/bridge/testing/sightings.ts';
import { toDate } from '#store/instant.ts';
import { judgeDueDays } from '#store/pact-day/judge-due-days.ts';
import { openDays } from '#store/pact-day/open-days.ts';
import type { Seed, SeededHome } from '#store/testing/seed.ts';
import type { ApiUnderTest } from './api-under-test.ts';

/** One of everything that a route can be asked for, all of one home and its community. */
export type Things = Awaited<ReturnType<typeof makeThings>>;

export const CODEC = {
  code: 'function Decoder(bytes) { return { door: bytes[2] }; }',
  mapping: { contact: { path: '/door', open: [1], closed: [0] } },
};

let count = 0;

/** A home of the community with one of everything; its alert opens once `passDeadline` was called. */
export async function makeThings(api: ApiUnderTest, seed: Seed) {
  count += 1;
  const number = String(count).padStart(3, '0');
  const community = seed.communityId;
  const make = async (path: string, payload: object): Promise<string> => {
    const answer = await api.request({ method: 'POST', url: `/api/v1${path}`, payload });
    if (answer.statusCode > 201) throw new Error(`${path} could not be made: ${answer.body}`);
    const made = answer.json();
    return made.id;
  };
  const remove = async (path: string) => {
    const answer = await api.request({ method: 'DELETE', url: `/api/v1${path}` });
    if (answer.statusCode !== 204) throw new Error(`${path} could not be removed: ${answer.body}`);
  };

  const { id: home, sensorId, primaryId, backupId } = await seed.addHome();
  const { id: bare, sensorId: spare } = await seed.addHome();
  const grid = await make('/grids', { communityId: community, name: `g${number}` });
  const resident = await make('/residents', { householdId: home, name: '王秀英' });
  const removedResident = await make('/residents', { householdId: home, name: '李大爷' });
  await remove(`/residents/${removedResident}`);
  const phone = `138 0001 0${number}`;
  const removedPerson = await make('/stewards', { communityId: community, name: '走了', phone });
  await remove(`/stewards/${removedPerson}`);
  const leaver = await make('/stewards', {
    communityId: community,
    name: '要走',
    phone: `138 0003 0${number}`,
  });
  const removedHome = (await seed.addHome({ sensor: false })).id;
  await remove(`/households/${removedHome}`);
  const robot = await make('/robots', {
    communityId: community,
    name: `r${number}`,
    format: 'json',
    url: 'https://robot.example/hook',
    secret: 'a long enough secret',
  });
  const codec = await make('/codecs', { communityId: community, name: `c${number}`, ...CODEC });
  const addSource = (name: string, format = 'json_hook') =>
    make('/sources', { communityId: community, name: `${name}${number}`, format });
  const makersSource = await addSource('m', 'maker_at_broker');
  const source = await addSource('h');
  const spareSource = await addSource('i');
  const removedSource = await addSource('j');
  await remove(`/sources/${removedSource}`);
  const seen = sightingOf(source, '王奶奶家', '2026-11-24T06:00:00+08:00', { guess: 'as_told' });
  await noteSightings(api.db, [seen], api.clock.now());
  const { id: device } = await api.db
    .selectFrom('device')
    .select('id')
    .where('source_id', '=', source)
    .executeTakeFirstOrThrow();
  const leave = await make('/leaves', { householdId: bare, fromOn: '2026-12-01', untilOn: '2026-12-03' });
  const absence = await make('/absences', { personId: backupId, fromOn: '2026-12-01' });
  await make(`/households/${home}/notes`, { note: '门口有猫' });
  await make(`/households/${home}/consents`, { purpose: 'entry', signedOn: '2026-11-01' });
  const account = await api.accountIdOf(await api.signInAs({ communityId: community }));
  const ticket = randomUUID();
  await api.db
    .insertInto('ticket')
    .values({
      id: ticket,
      household_id: home,
      sensor_id: sensorId ?? null,
      kind: 'silent',
      opened_at: toDate(api.clock.now()),
      due_on: '2026-11-25',
    })
    .execute();
  const imported = await importHome(api, community, number);
  const carePlan = await make(`/households/${home}/care-plans`, { kind: 'weekly_visit', weekdays: [2] });
  const ask = (service: string) =>
    make('/care/tasks', { id: randomUUID(), householdId: home, kind: 'service', service });
  const careTask = await ask('haircut');
  const done = await ask('quilts');
  await api.request({
    method: 'POST',
    url: `/api/v1/care/tasks/${done}/done`,
    payload: { key: randomUUID() },
  });
  const idOf = async (
    table: 'care_contact' | 'pact' | 'ladder' | 'home_note' | 'consent',
    column: 'household_id' | 'community_id',
    value: string,
  ) =>
    (
      await api.db
        .selectFrom(table)
        .select('id')
        .where(column as never, '=', value as never)
        .executeTakeFirstOrThrow()
    ).id;
  const pact = await idOf('pact', 'household_id', home);
  const ladder = await idOf('ladder', 'community_id', community);
  const note = await idOf('home_note', 'household_id', home);
  const consent = await idOf('consent', 'household_id', home);
  const careContact = await idOf('care_contact', 'household_id', home);
  await seed.open({ id: home, sensorId } as SeededHome, '2026-11-23T07:00:00+08:00');
  await seed.open({ id: home, sensorId } as SeededHome, '2026-11-23T07:01:00+08:00');
  const events = await api.db
    .selectFrom('event')
    .select('id')
    .where('household_id', '=', home)
    .orderBy('id')
    .execute();
  return {
    events: events.map(({ id }) => Number(id)),
    spare: spare!,
    leaver,
    number,
    community,
    home,
    bare,
    sensor: sensorId!,
    steward: primaryId,
    backup: backupId,
    grid,
    resident,
    removedResident,
    removedPerson,
    removedHome,
    imported,
    carePlan,
    careTask,
    careContact,
    robot,
    codec,
    source,
    makersSource,
    spareSource,
    removedSource,
    device,
    leave,
    absence,
    note,
    consent,
    account,
    ticket,
    pact,
    ladder,
    alert: '',
    message: '',
  };
}

/** An import that can be taken back. */
async function importHome(api: ApiUnderTest, community: string, number: string): Promise<string> {
  const sheet = async (query: string) => {
    const answer = await api.request({
      method: 'POST',
      url: `/api/v1/register/sheet?community=${community}${query}`,
      headers: { 'content-type': 'text/csv' },
      payload: `户号,称呼,网格,楼栋,房号,姓名\n7${number},王奶奶,一格,3,502,老人\n`,
    });
    return answer.json();
  };
  const { stamp } = await sheet('');
  return (await sheet(`&stamp=${stamp}`)).importId;
}

/** Lets this morning's deadline pass: every home has an alert then, and a page for it. */
export async function passDeadline(api: ApiUnderTest, all: readonly Things[]): Promise<void> {
  await openDays(api.db, api.clock.now());
  api.clock.set('2026-11-24T08:00:01+08:00');
  await judgeDueDays(api.db, api.clock.now(), [], 100);
  await advanceDueAlerts(api.db, api.clock.now(), 100);
  for (const things of all) {
    const alert = await api.db
      .selectFrom('alert as a')
      .innerJoin('message as m', 'm.alert_id', 'a.id')
      .select(['a.id', 'm.id as messageId'])
      .where('a.household_id', '=', things.home)
      .executeTakeFirstOrThrow();
    Object.assign(things, { alert: alert.id, message: alert.messageId });
  }
}
