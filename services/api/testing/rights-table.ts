import { randomUUID } from 'node:crypto';
import type { Role, Seat } from '#pact/role.ts';
import { CODEC, type Things } from './rights-world.ts';

/** What a test asks of a route: ids for its parameters, what follows the question mark, a body. */
export type Asked = { params?: Record<string, string>; query?: string; body?: unknown };

export type RightsRow = {
  roles: readonly Seat[];
  /** Whether programs with a token come in. */
  programs: boolean;
  /** What of that home or community is asked for. Without it the route belongs to nobody. */
  ask?: (of: Things) => Asked;
};

type NamedThing = { [Key in keyof Things]: Things[Key] extends string ? Key : never }[keyof Things];

const OFFICE: readonly Role[] = ['admin', 'office'];
const HOMES: readonly Role[] = ['admin', 'office', 'steward'];
const SENSORS: readonly Role[] = ['admin', 'office', 'maintenance'];
const PLACES: readonly Role[] = ['admin', 'office', 'steward', 'maintenance'];
const COUNTS: readonly Role[] = ['admin', 'office', 'district'];
const ALL: readonly Role[] = ['admin', 'office', 'steward', 'maintenance', 'district'];
const MORNING: readonly Seat[] = ['admin', 'office', 'steward', 'wall'];
const ids = (params: Record<string, NamedThing>) => (of: Things) =>
  Object.fromEntries(Object.entries(params).map(([name, key]) => [name, of[key]]));

const row = (roles: readonly Seat[], ask?: RightsRow['ask'], programs = true): RightsRow => ({
  roles,
  programs,
  ...(ask ? { ask } : {}),
});
/** A list or a sheet of a community. */
const list = (roles: readonly Seat[]) => row(roles, (of) => ({ query: `community=${of.community}` }));
/** Something found by its id. */
const one = (roles: readonly Role[], key: NamedThing, body?: unknown) =>
  row(roles, (of) => ({ params: ids({ id: key })(of), body: typeof body === 'function' ? body(of) : body }));
/** Something whose body says whose it is. */
const sent = (roles: readonly Role[], body: (of: Things) => object) =>
  row(roles, (of) => ({ body: body(of) }));

/**
 * Who may use each route, said a second time and by hand: the routes say it themselves, and a slip there is found
 * only by somebody who says it again. A route without a row here fails the test.
 */
export const RIGHTS_TABLE: Record<string, RightsRow> = {
  'GET /session': row([...ALL, 'wall']),
  'DELETE /session': row([...ALL, 'wall']),
  'POST /session/wall': row(OFFICE, undefined, false),
  'DELETE /sessions': row(ALL, undefined, false),
  'POST /invites': row(['admin'], (of) => ({ body: { communityIds: [of.community] } }), false),
  'GET /accounts': row(['admin'], undefined, false),
  'PATCH /accounts/:id': row(
    ['admin'],
    (of) => ({ params: { id: of.account }, body: { disabled: false } }),
    false,
  ),

  'GET /communities': row([...ALL, 'wall']),
  'POST /communities': row(OFFICE),
  'PATCH /communities/:id': one(OFFICE, 'community', { emergencyNumber: '120' }),
  'GET /today': list(MORNING),
  'GET /stream': list(MORNING),
  'GET /ledger': list(COUNTS),
  'GET /ledger/:date': row(OFFICE, (of) => ({
    params: { date: '2026-11-24' },
    query: `community=${of.community}`,
  })),
  'GET /summary': row(COUNTS),
  'GET /reports/month': list(COUNTS),
  'GET /reports/month.pdf': list(COUNTS),
  'GET /reports/month.xlsx': list(OFFICE),
  'GET /reports/areas': row(COUNTS),
  'GET /households/:id/month': one(HOMES, 'home'),

  'GET /alerts': list(HOMES),
  'GET /alerts/:id': one(HOMES, 'alert'),
  'GET /alerts/:id/people': one(HOMES, 'alert'),
  'POST /alerts/:id/acknowledge': one(HOMES, 'alert', {}),
  'POST /alerts/:id/arrive': one(HOMES, 'alert', {}),
  'POST /alerts/:id/pass': one(HOMES, 'alert', {}),
  'POST /alerts/:id/reassign': one(OFFICE, 'alert', (of: Things) => ({ personId: of.steward })),
  'POST /alerts/:id/emergency': one(HOMES, 'alert', {}),
  'POST /alerts/:id/outcome': one(HOMES, 'alert', { outcome: 'safe' }),
  'POST /alerts/:id/correction': one(OFFICE, 'alert', { outcome: 'safe' }),
  'POST /alerts/:id/reopen': one(OFFICE, 'alert', {}),
  'POST /alerts/:id/notes': one(HOMES, 'alert', { note: '听见了' }),
  'POST /alerts/:id/links': one(OFFICE, 'alert', (of: Things) => ({ personId: of.steward })),
  'GET /audit': row(OFFICE, (of) => ({ query: `community=${of.community}` }), false),
  'GET /messages': list(OFFICE),
  'POST /messages/:id/reply': one(OFFICE, 'message', { text: '收到' }),
  'GET /visits': list(HOMES),

  'GET /households': list(PLACES),
  'GET /households/:id': one(HOMES, 'home'),
  'POST /households': sent(OFFICE, (of) => ({
    communityId: of.community,
    grid: '一格',
    code: of.number,
    salutation: '赵奶奶',
    building: '9栋',
    room: '901',
  })),
  'PATCH /households/:id': one(OFFICE, 'home', { note: '有狗' }),
  'DELETE /households/:id': one(OFFICE, 'bare'),
  'GET /households/:id/file.json': one(OFFICE, 'home'),
  'GET /households/:id/file.pdf': one(OFFICE, 'home'),
  'POST /households/:id/erase': row(['admin'], (of) => ({ params: { id: of.removedHome } }), false),
  'POST /residents/:id/erase': row(['admin'], (of) => ({ params: { id: of.removedResident } }), false),
  'POST /stewards/:id/erase': row(['admin'], (of) => ({ params: { id: of.removedPerson } }), false),
  'GET /retention': list(OFFICE),
  'GET /backups': row(OFFICE),
  'GET /households/:id/care': one(OFFICE, 'home'),
  'GET /care-plans': list(OFFICE),
  'POST /households/:id/care-plans': one(OFFICE, 'home', { kind: 'daily_greeting', weekdays: [1, 2, 3] }),
  'PATCH /care-plans/:id': one(OFFICE, 'carePlan', { weekdays: [1, 3] }),
  'DELETE /care-plans/:id': one(OFFICE, 'carePlan'),
  'POST /care-plans/:id/restore': one(OFFICE, 'carePlan'),
  'GET /care': list(OFFICE),
  'POST /care/tasks': sent(OFFICE, (of) => ({
    id: randomUUID(),
    householdId: of.home,
    kind: 'service',
    service: 'haircut',
  })),
  'POST /care/tasks/:id/done': one(OFFICE, 'careTask', () => ({ key: randomUUID() })),
  'DELETE /care/tasks/:id': one(OFFICE, 'careTask'),
  'POST /care/tasks/:id/restore': one(OFFICE, 'careTask'),
  'POST /care/contacts/:id/undo': one(OFFICE, 'careContact'),
  'POST /care/links': row(OFFICE, (of) => ({
    query: `community=${of.community}`,
    body: { personId: of.steward },
  })),
  'GET /communities/:id/occasions': one(OFFICE, 'community'),
  'PUT /communities/:id/occasions/:code': row(OFFICE, (of) => ({
    params: { id: of.community, code: 'illness' },
    body: { withinDays: 2, inUse: true },
  })),
  'POST /households/:id/restore': one(OFFICE, 'removedHome'),
  'PUT /households/:id/people': one(OFFICE, 'home', (of: Things) => ({ backup: [of.backup] })),
  'POST /households/search': sent(OFFICE, (of) => ({ community: of.community, question: '王' })),
  'GET /households/:id/history': one(OFFICE, 'home'),
  'POST /households/:id/notes': one(OFFICE, 'home', { note: '按铃两次' }),
  'POST /households/:id/notes/:note/strike': row(OFFICE, (of) => ({
    params: { id: of.home, note: of.note },
  })),
  'POST /households/:id/signals': one(HOMES, 'home', { kind: 'seen' }),
  'POST /households/:id/leave-links': one(OFFICE, 'home', (of: Things) => ({ personId: of.steward })),
  'POST /households/:id/decal': one(OFFICE, 'home'),
  'GET /decals': list(OFFICE),
  'GET /decals.pdf': row(OFFICE, (of) => ({ query: `community=${of.community}` }), false),

  'GET /residents': list(OFFICE),
  'GET /residents/:id': one(OFFICE, 'resident'),
  'POST /residents': sent(OFFICE, (of) => ({ householdId: of.home, name: '新来的' })),
  'PATCH /residents/:id': one(OFFICE, 'resident', { note: '耳背' }),
  'DELETE /residents/:id': one(OFFICE, 'resident'),
  'POST /residents/:id/restore': one(OFFICE, 'removedResident'),

  'GET /stewards': list(OFFICE),
  'GET /stewards/:id': one(OFFICE, 'steward'),
  'POST /stewards': sent(OFFICE, (of) => ({
    communityId: of.community,
    name: '新红管家',
    phone: `137 0002 0${of.number}`,
  })),
  'PATCH /stewards/:id': one(OFFICE, 'steward', { name: '李管家' }),
  'DELETE /stewards/:id': one(OFFICE, 'leaver'),
  'POST /stewards/:id/restore': one(OFFICE, 'removedPerson'),
  'GET /stewards/:id/duty': one(OFFICE, 'steward'),
  'PUT /stewards/:id/duty': one(OFFICE, 'steward', { hours: [] }),
  'GET /rota': list(OFFICE),
  'GET /absences': list(OFFICE),
  'POST /absences': sent(OFFICE, (of) => ({ personId: of.steward, fromOn: '2026-12-10' })),
  'POST /absences/swap': sent(OFFICE, (of) => ({
    personId: of.steward,
    on: '2026-12-20',
    withPersonId: of.backup,
    withOn: '2026-12-21',
  })),
  'DELETE /absences/:id': one(OFFICE, 'absence'),

  'GET /sensors': list(SENSORS),
  'GET /sensors/:id': one(SENSORS, 'sensor'),
  'POST /sensors': sent(SENSORS, (of) => ({ householdId: of.bare })),
  'PATCH /sensors/:id': one(SENSORS, 'sensor', { silenceMinutes: 120 }),
  'POST /sensors/:id/secret': one(SENSORS, 'sensor'),
  'POST /sensors/:id/replacement': one(SENSORS, 'sensor', {}),
  'GET /sensors/:id/news': one(SENSORS, 'sensor'),
  'POST /sensors/:id/polarity': one(SENSORS, 'sensor', (of: Things) => ({
    openEventId: of.events[0],
    closedEventId: of.events[1],
  })),
  'DELETE /sensors/:id': one(SENSORS, 'spare'),
  'GET /tickets': list(SENSORS),
  'PATCH /tickets/:id': one(SENSORS, 'ticket', { note: '换电池' }),
  'GET /gateways': list(SENSORS),
  'PUT /gateways': sent(SENSORS, (of) => ({ communityId: of.community, name: '一号网关', sensorIds: [] })),

  'GET /sources': list(OFFICE),
  'GET /sources/:id': one(OFFICE, 'source'),
  'POST /sources': sent(OFFICE, (of) => ({
    communityId: of.community,
    name: `s${of.number}`,
    format: 'chirpstack',
    url: 'mqtt://hub.local',
  })),
  'PATCH /sources/:id': one(OFFICE, 'source', { announces: true }),
  'POST /sources/:id/secret': one(OFFICE, 'source'),
  'POST /sources/:id/sensors': one(OFFICE, 'makersSource', (of: Things) => ({ householdId: of.bare })),
  'DELETE /sources/:id': one(OFFICE, 'spareSource'),
  'POST /sources/:id/restore': one(OFFICE, 'removedSource'),
  'GET /devices': list(OFFICE),
  'GET /devices/:id': one(OFFICE, 'device'),
  'PATCH /devices/:id': one(OFFICE, 'device', { debounceMs: 500 }),
  'POST /devices/:id/pairing': one(OFFICE, 'device', (of: Things) => ({ householdId: of.bare })),
  'DELETE /devices/:id/pairing': one(OFFICE, 'device'),

  'GET /pacts': list(OFFICE),
  'GET /pacts/:id': one(OFFICE, 'pact'),
  'PATCH /pacts/:id': one(OFFICE, 'pact', { deadline: '08:30' }),
  'GET /ladders': list(OFFICE),
  'POST /ladders': sent(OFFICE, (of) => ({
    communityId: of.community,
    name: `l${of.number}`,
    steps: [{ afterMinutes: 0, to: [{ role: 'office', channel: 'sms' }] }],
    repeatMinutes: 10,
    acknowledgementMinutes: 20,
  })),
  'PATCH /ladders/:id': one(OFFICE, 'ladder', { repeatMinutes: 15 }),
  'GET /leaves': list(OFFICE),
  'POST /leaves': sent(OFFICE, (of) => ({
    householdId: of.home,
    fromOn: '2026-12-11',
    untilOn: '2026-12-12',
  })),
  'PATCH /leaves/:id': one(OFFICE, 'leave', { untilOn: '2026-12-04' }),
  'POST /leaves/:id/answer': one(OFFICE, 'leave', { back: false }),
  'POST /leaves/:id/restore': one(OFFICE, 'leave'),
  'DELETE /leaves/:id': one(OFFICE, 'leave'),

  'GET /enrolments': list(OFFICE),
  'GET /households/:id/enrolment': one(OFFICE, 'home'),
  'POST /households/:id/consents': one(OFFICE, 'home', { purpose: 'pact', signedOn: '2026-11-01' }),
  'POST /consents/:id/resume': one(OFFICE, 'consent'),
  'POST /consents/:id/withdraw': one(OFFICE, 'consent', { on: '2026-11-24' }),
  'POST /households/:id/pact': one(OFFICE, 'home', {}),
  'POST /households/:id/commissioning': one(OFFICE, 'home'),
  'DELETE /households/:id/commissioning': one(OFFICE, 'home'),
  'POST /households/:id/commissioning/page': one(OFFICE, 'home'),
  'POST /households/:id/commissioning/confirm': one(OFFICE, 'home'),

  'GET /register/sheet': list(OFFICE),
  'POST /register/sheet': row(OFFICE, (of) => ({
    query: `community=${of.community}`,
    body: '户号,称呼,网格,楼栋,房号,姓名\n8001,王奶奶,一格,3,502,老人\n',
  })),
  'GET /register/imports': list(OFFICE),
  'POST /register/imports/:id/undo': one(OFFICE, 'imported'),
  'GET /register/removed': list(OFFICE),
  'GET /codecs': list(OFFICE),
  'GET /codecs/:id': one(OFFICE, 'codec'),
  'POST /codecs': sent(OFFICE, (of) => ({ communityId: of.community, ...CODEC, name: `k${of.number}` })),
  'POST /codecs/try': sent(OFFICE, (of) => ({ communityId: of.community, code: CODEC.code, hex: '030001' })),
  'DELETE /codecs/:id': one(OFFICE, 'codec'),
  'GET /grids': list(OFFICE),
  'POST /grids': sent(OFFICE, (of) => ({ communityId: of.community, name: `n${of.number}` })),
  'PATCH /grids/:id': one(OFFICE, 'grid', { name: '二格' }),
  'DELETE /grids/:id': one(OFFICE, 'grid'),
  'GET /robots': list(OFFICE),
  'GET /robots/:id': one(OFFICE, 'robot'),
  'POST /robots': sent(OFFICE, (of) => ({
    communityId: of.community,
    name: `x${of.number}`,
    format: 'wecom',
    url: 'https://robot.example/other',
  })),
  'PATCH /robots/:id': one(OFFICE, 'robot', { name: '群机器人' }),
  'DELETE /robots/:id': one(OFFICE, 'robot'),
  'POST /robots/:id/test': one(OFFICE, 'robot'),
};
