import { randomUUID } from 'node:crypto';
import type { Temporal } from 'temporal-polyfill';
import { createMessaging } from '#services/messaging/create-messaging.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { noteSightings } from '#store/bridge/note.ts';
import type { Sighting } from '#store/bridge/setting.ts';
import type { Db } from '#store/database.ts';
import { toDate } from '#store/instant.ts';
import { tellDailyWords } from '#store/notice/tell-daily-words.ts';
import { tellEvening } from '#store/notice/tell-evening.ts';
import type { ApiUnderTest } from '../../testing/api-under-test.ts';

/** What was said of a home in every place that has room for words; each is found nowhere else. */
export const SAID = {
  formerName: '欧阳素芳',
  name: '欧阳素芬',
  salutation: '欧阳奶奶',
  building: '锦绣苑9',
  room: '1704',
  phone: '+863918812345',
  residentPhone: '+8613907315566',
  formerPhone: '+863918800001',
  doctor: '司马大夫0391-7700112',
  residentNote: '左耳听不见请敲窗',
  homeNote: '门口有只黄狗',
  keyNote: '对门尉迟姐有钥匙',
  family: '欧阳立业',
  familyPhone: '+8613902220001',
  neighbour: '尉迟春燕',
  neighbourPhone: '+8613902220002',
  paper: '丁柜-881',
  note: '早上爱听豫剧朝阳沟',
  leaveReason: '去郑州看外孙女',
  alertNote: '邻居说昨晚咳得厉害',
  outcomeNote: '摔了一跤已扶起',
  careAsked: '带她去剪头发顺路取药',
  careService: '磨菜刀',
  careSaid: '说是膝盖又疼了',
  reply: '素芬奶奶家没人应门',
  sensorId: 'curtain-ouyang-1704',
  payload: 'ouyang-raw-payload',
  deviceAddress: '欧阳家的窗帘',
  devicePayload: 'ouyang-device-frame',
} as const;

export type LivedHome = {
  id: string;
  communityId: string;
  stewardId: string;
  familyId: string;
  as: Record<string, string>;
};

/**
 * A home that was really lived in: registered and set right by the office, agreed to on paper, watched, missed, visited
 * and written of, with every message sent. It is the afternoon of 2026-11-25 then. A second home lives beside it.
 */
export async function liveIn(api: ApiUnderTest): Promise<LivedHome> {
  const { db, clock } = api;
  let as: Record<string, string> = {};
  const signIn = async () => {
    as = await api.signInAs({ name: '王主任' });
  };
  const send = async (method: 'POST' | 'PUT' | 'PATCH', path: string, payload: object = {}) => {
    const answer = await api.request({ method, url: `/api/v1${path}`, payload, as });
    if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.body}`);
    return answer.body === '' ? {} : answer.json();
  };
  const messaging = createMessaging(
    { language: 'zh-CN', publicUrl: undefined, twilio: undefined },
    { db, clock, logger: api.ports.logger },
  );
  const sweep = createSweep({ gapMs: 1e9 }, { db, clock, wake: () => undefined });
  const at = async (time: string) => {
    clock.set(`${time}:00+08:00`);
    await sweep();
    await advanceDueAlerts(db, clock.now(), 500);
    await messaging.deliverDue();
  };

  clock.set('2026-11-23T10:00:00+08:00');
  await messaging.start();
  await signIn();
  const { id: communityId } = await send('POST', '/communities', {
    name: '示范社区',
    timeZone: 'Asia/Shanghai',
  });
  const person = async (kind: string, name: string, phone: string, more: object = {}) =>
    (await send('POST', '/stewards', { communityId, kind, name, phone, ...more })).id as string;
  const stewardId = await person('steward', '赵红梅', '+8613903330001');
  const familyId = await person('family', SAID.family, SAID.familyPhone, { dailyAt: '09:00' });
  const neighbourId = await person('neighbour', SAID.neighbour, SAID.neighbourPhone);
  const base = { communityId, grid: '第一网格', building: '5', room: '201' };
  const beside = await send('POST', '/households', { ...base, code: '08', salutation: '李爷爷' });
  const home = await send('POST', '/households', {
    ...{ communityId, grid: '第一网格', code: '07', unit: '2', floor: 17 },
    ...{ salutation: SAID.salutation, building: SAID.building, room: SAID.room, phone: SAID.formerPhone },
    ...{ keyNote: SAID.keyNote, note: SAID.homeNote },
    residents: [
      {
        ...{ name: SAID.formerName, birthYear: 1941, phone: SAID.residentPhone },
        ...{ doctor: SAID.doctor, note: SAID.residentNote },
      },
    ],
  });
  const { id } = home as { id: string };
  await send('PATCH', `/residents/${home.residents[0].id}`, { name: SAID.name });
  await send('PATCH', `/households/${id}`, { phone: SAID.phone });
  await send('PUT', `/households/${id}/people`, {
    ...{ primary: [stewardId], neighbour: [neighbourId], family: [familyId] },
  });
  await send('PUT', `/households/${beside.id}/people`, { primary: [stewardId] });
  for (const purpose of ['pact', 'entry', 'family']) {
    await send('POST', `/households/${id}/consents`, { purpose, signedOn: '2026-11-23', paper: SAID.paper });
  }
  await send('POST', '/sensors', { householdId: id, id: SAID.sensorId });
  await send('POST', `/households/${id}/notes`, { note: SAID.note });
  const task = { id: randomUUID(), householdId: id, kind: 'service', service: SAID.careService };
  await send('POST', '/care/tasks', { ...task, note: SAID.careAsked });
  await send('POST', `/care/tasks/${task.id}/done`, { key: randomUUID(), note: SAID.careSaid });
  await send('POST', '/leaves', {
    ...{ householdId: id, fromOn: '2026-12-20', untilOn: '2026-12-22', reason: SAID.leaveReason },
  });
  await db
    .insertInto('quarantine')
    .values({
      ...{ sensor_id: SAID.sensorId, received_at: new Date('2026-11-23T03:00:00Z'), reason: 'not_json' },
      ...{ topic: `pact/v1/${SAID.sensorId}/event`, payload: Buffer.from(SAID.payload), size: 18 },
    })
    .execute();

  await pairDevice(db, communityId, clock.now());

  await at('2026-11-24T04:00');
  await db
    .insertInto('event')
    .values({
      ...{ sensor_id: SAID.sensorId, household_id: id, type: 'opened', at_source: 'received' },
      ...{ at: new Date('2026-11-24T06:40:00+08:00'), received_at: new Date('2026-11-24T06:40:00+08:00') },
      ...{ opening: true, judged: false },
    })
    .execute();
  for (const time of ['06:41', '08:01', '08:04', '08:08', '08:12']) await at(`2026-11-24T${time}`);
  await tellDailyWords(db, clock.now());
  await at('2026-11-24T09:01');
  await tellDailyWords(db, clock.now());
  clock.set('2026-11-24T20:31:00+08:00');
  await tellEvening(db, clock.now());
  await at('2026-11-25T04:00');
  for (const time of ['08:01', '08:04', '08:08', '08:12']) await at(`2026-11-25T${time}`);
  await messaging.receive({
    ...{ provider: 'outbox', providerId: 'reply-1', phone: '+8613903330001', text: `071 ${SAID.reply}` },
  });
  await messaging.receive({
    ...{
      provider: 'outbox',
      providerId: 'reply-2',
      phone: SAID.neighbourPhone,
      text: '我是尉迟春燕,听不到动静',
    },
  });
  await at('2026-11-25T08:14');
  await signIn();
  const open = await db
    .selectFrom('alert')
    .select(['id', 'household_id as householdId'])
    .where('status', '<>', 'closed')
    .where('on_date', '=', '2026-11-25')
    .execute();
  // A word about one day of a home ends the others too.
  for (const { id: alertId, householdId } of open) {
    if (householdId === id) await send('POST', `/alerts/${alertId}/notes`, { note: SAID.alertNote });
    const found = householdId === id ? { outcome: 'helped', note: SAID.outcomeNote } : { outcome: 'safe' };
    await send('POST', `/alerts/${alertId}/outcome`, found);
  }
  await at('2026-11-25T08:30');
  await tellDailyWords(db, clock.now());
  await at('2026-11-25T14:00');
  await messaging.stop();
  await signIn();
  return { id, communityId, stewardId, familyId, as };
}

/** What the home's sensor is called in its gateway, and what that handed over last. */
async function pairDevice(db: Db, communityId: string, now: Temporal.Instant): Promise<void> {
  const sourceId = randomUUID();
  const made = { id: sourceId, community_id: communityId, name: '四号楼网关', created_at: toDate(now) };
  await db
    .insertInto('source')
    .values({ ...made, kind: 'mqtt', format: 'zigbee2mqtt' })
    .execute();
  const sighting: Sighting = {
    ...{ sourceId, address: SAID.deviceAddress, name: SAID.deviceAddress, guess: 'as_told' },
    ...{ receivedAt: now.epochMilliseconds, networkAt: null, deviceAt: null, retained: false, fPort: null },
    ...{ topic: `zigbee2mqtt/${SAID.deviceAddress}`, payload: Buffer.from(SAID.devicePayload) },
    ...{ reading: { contact: 'closed', position: null, battery: 60 }, refusal: null, became: 'snapshot' },
    ...{ missed: 0, restarted: false, direction: null },
  };
  await noteSightings(db, [sighting], now);
  await db.updateTable('device').set({ sensor_id: SAID.sensorId }).execute();
}
