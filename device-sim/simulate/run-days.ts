import { Temporal } from 'temporal-polyfill';
import type { Logger } from '#platform/logger.ts';
import { createWatch } from '#services/escalation/watch.ts';
import { deliverDue } from '#services/messaging/deliver.ts';
import { createGateways } from '#services/messaging/gateways.ts';
import { pollReceipts } from '#services/messaging/poll-receipts.ts';
import { receiveReply } from '#services/messaging/receive-reply.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { findNextDue } from '#store/alert/next-due.ts';
import { recordProviderHealth, registerProviders } from '#store/message/provider-health.ts';
import { recordReceipt } from '#store/message/record-receipt.ts';
import { recordIntake } from '#store/sensor/record-intake.ts';
import { touchWatermark } from '#store/watermark.ts';
import { type Agenda, createAgenda, type Entry } from './agenda.ts';
import type { Bench, Part } from './bench.ts';
import { type Chance, createChance } from './chance.ts';
import { checkEnd, checkStep } from './checks.ts';
import { createFaults, type Decision, type Faults, tellDecisions } from './faults.ts';
import { createTurnstile } from './interleave.ts';
import { createLivingPart, isOutlived, type LivingPart } from './living-part.ts';
import { createPeople, type Reply } from './people.ts';
import { type Plan, planDays } from './plan.ts';
import { createProvider, type Provider } from './provider.ts';
import { seedIds } from './seeded-ids.ts';
import { createSensors, intakeOf, type Sensors } from './sensors.ts';
import { settleTown } from './settle-town.ts';

/** What came of one seed. */
export type DaysResult = {
  seed: number;
  mornings: number;
  homes: number;
  steps: number;
  statements: number;
  violations: string[];
  decisions: readonly Decision[];
  history: string[];
};

export type RunOptions = {
  /** Ids of faults that are left out. */
  without?: ReadonlySet<string>;
};

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** As the services have it. */
const GAP_MS = 10 * SECOND;
const BATCH = 500;
/** A hole that the run itself makes by leaving out idle sweeps is none. */
const NO_GAP = 1_000 * 24 * HOUR;
/** Entries of different parts this near to each other may run at the same moment. */
const MOMENT_MS = 400;
/** Alarms and callbacks are rounded up to these, so that one run does what falls due together. */
const STEP_ALARM_MS = 60 * SECOND;
const MESSAGE_ALARM_MS = 180 * SECOND;
const CALLBACK_MS = 30 * SECOND;
/** Faults end this long before the last day does, so that everything can come to its rest. */
const QUIET_MS = 5 * HOUR;
/** How long a part or a provider may be away in all, and a job be late. */
const STEP_GRACE_MS = 6 * HOUR;
const END_GRACE_MS = 70 * MINUTE;

/** Runs one seed's days on a bench, and looks at every step whether the promises hold. */
export async function runDays(bench: Bench, seed: number, options: RunOptions = {}): Promise<DaysResult> {
  const chance = createChance(seed);
  seedIds(chance.nextUuid);
  const plan = planDays(chance);
  const faults = createFaults(chance, options.without ?? new Set());
  faults.endAt(plan.endsAt - QUIET_MS);
  await settleTown(bench.own, plan, chance);
  const world = createWorld(bench, plan, chance, faults);
  const violations = await live(world);
  return {
    ...{ seed, mornings: plan.dates.length, homes: plan.homes.length, steps: world.steps, violations },
    statements: [...world.parts.values()].reduce((sum, part) => sum + part.statements(), 0),
    decisions: faults.decisions,
    history: tellDecisions(faults.decisions, plan.timeZone),
  };
}

export type World = {
  bench: Bench;
  plan: Plan;
  chance: Chance;
  faults: Faults;
  agenda: Agenda;
  parts: Map<Part, LivingPart>;
  sensors: Sensors;
  provider: Provider;
  together: ReturnType<typeof createTurnstile>['together'];
  now: number;
  steps: number;
  /** Times in which no rules were up, with when they first swept again. */
  outages: { from: number; until: number }[];
  /** Replies that were taken in and say that a home is well. */
  saidSafe: { code: string; at: number }[];
  /** What the services logged as errors that no fault explains. */
  complaints: string[];
};

function createWorld(bench: Bench, plan: Plan, chance: Chance, faults: Faults): World {
  const turnstile = createTurnstile(chance, bench.findBlocked);
  const agenda = createAgenda();
  const people = createPeople(plan, chance);
  const handlers = new Map<Part, Handler>();
  /** Moments for which a job was asked: a second request for the same one is none. */
  const alarms = new Set<number>();
  const callsAt = new Map<number, { call: Call; again(later: number): void }[]>();
  let replies = 0;

  const provider = createProvider(plan.hasVoice ? ['sms', 'voice'] : ['sms'], {
    faults,
    now: () => world.now,
    knowsAtOnce: plan.knowsAtOnce,
    isDead: (phone) => people.find(phone)?.isDead ?? false,
    onAccepted({ id, key, to }) {
      const label = `receipt ${to} ${id}`;
      const fails = !plan.knowsAtOnce && chance.happens(`${label} fails`, 0.04);
      const ringsAt = world.now + chance.between(label, 2, 25) * SECOND;
      if (plan.knowsAtOnce) provider.settle(id, 'delivered');
      else tellReceipt(id, fails ? 'failed' : 'delivered', ringsAt, label);
      if (!fails) hear(key, to, ringsAt);
    },
  });

  const world: World = {
    ...{ bench, plan, chance, faults, agenda, provider, now: plan.beginsAt, steps: 0 },
    parts: new Map(),
    sensors: createSensors(plan, chance, faults),
    together: turnstile.together,
    outages: [],
    saidSafe: [],
    complaints: [],
  };
  const second: Part[] = plan.processes === 2 ? ['rules 2', 'carer 2'] : [];
  for (const name of ['broker', 'rules 1', 'carer 1', 'api', ...second] as const) {
    const part = createLivingPart(name, {
      ...{
        bench,
        chance,
        faults,
        turnstile,
        beginsAt: plan.beginsAt,
        hasTwin: plan.processes === 2,
        now: () => world.now,
      },
      onDeath: (dead) => revive(dead),
    });
    world.parts.set(name, part);
    handlers.set(name, startHandler(part));
  }
  scheduleDays();
  return world;

  function startHandler(part: LivingPart): Handler {
    const { db } = part.life();
    const { clock } = part;
    if (part.name.startsWith('rules')) {
      const sweep = createSweep({ gapMs: GAP_MS }, { db, clock, wake: () => wakeCarer() });
      return { sweep };
    }
    const gateways = createGateways(provider.gateways, (change) =>
      recordProviderHealth(db, change, clock.now()),
    );
    const watch = createWatch({
      db,
      clock,
      logger: createWatchLogger((why) => world.complaints.push(`${part.name}: ${why}`)),
    });
    return { gateways, watch };
  }

  function revive(part: LivingPart): void {
    const label = `${part.name} revived at ${world.now}`;
    part.downUntil = world.now + chance.between(label, 1, 45) * SECOND;
    handlers.set(part.name, startHandler(part));
    startAt(part.name, part.downUntil);
  }

  /** What a part does first when it is up again. */
  function startAt(name: Part, at: number): void {
    if (name.startsWith('rules')) {
      sweepAt(name, at, 'start');
    } else if (name.startsWith('carer')) {
      careAt(name, at, 'start');
    } else if (name === 'broker') {
      intakeAt(at + chance.between(`sensors back at ${at}`, 1, 40) * SECOND, 'reconnect');
    }
  }

  function sweepAt(name: Part, at: number, label: string): void {
    agenda.add({
      ...{ at, part: name, label },
      whenDown: () => undefined,
      async work() {
        const part = world.parts.get(name)!;
        await markIdleTime(part);
        await handlers.get(name)!.sweep!();
      },
    });
  }

  /** The sweeps that were left out because nothing was to do have left one trace: the marks that say we were here. */
  async function markIdleTime(part: LivingPart): Promise<void> {
    const before = Temporal.Instant.fromEpochMilliseconds(world.now - SECOND);
    if (part.isContinuous) await touchWatermark(bench.own, 'sweep', before, NO_GAP);
    else if (isAfterDeadline(world.now)) sweepAt(part.name, world.now + 61 * SECOND, 'after catching up');
    const broker = world.parts.get('broker')!;
    if (broker.downUntil <= world.now) {
      await touchWatermark(
        bench.own,
        'intake',
        broker.isContinuous ? before : part.clock.now(),
        GAP_MS * (broker.isContinuous ? NO_GAP : 1),
      );
      broker.isContinuous = true;
    }
  }

  function wakeCarer(): void {
    alarmAt(world.now + chance.between(`wake at ${world.now}`, 20, 300), 'woken');
  }

  /** A job of the queue: whoever is free takes it. */
  function alarmAt(at: number, why: string): void {
    const label = `${why} ${at}`;
    if (alarms.has(at)) return;
    alarms.add(at);
    const carers = [...world.parts.keys()].filter((name) => name.startsWith('carer'));
    const taker = chance.pick(`taker of ${label}`, carers);
    if (agenda.has(taker, 'job', at - SECOND, at + (why === 'woken' ? 60 : 1) * SECOND)) return;
    if (faults.strikes('job_lost', label, 0.08, at, `the job for ${tellTime(at)} is lost`)) return;
    const late = chance.between(`late ${label}`, 1, 20) * MINUTE;
    const isLate = faults.strikes(
      'job_late',
      label,
      0.05,
      at,
      `the job for ${tellTime(at)} is ${late / MINUTE} minutes late`,
    );
    const comesAt = isLate ? at + late : at;
    jobAt(taker, comesAt);
    if (faults.strikes('job_doubled', label, 0.05, at, `the job for ${tellTime(at)} comes twice`))
      jobAt(carers.at(-1)!, comesAt + 50);
  }

  function jobAt(name: Part, at: number): void {
    agenda.add({ ...{ at, part: name, label: 'job' }, work: () => advance(name), whenDown: () => undefined });
  }

  function careAt(name: Part, at: number, label: string): void {
    agenda.add({
      ...{ at, part: name, label },
      whenDown: () => undefined,
      async work() {
        if (label === 'start') await registerProviders(world.parts.get(name)!.life().db, provider.gateways);
        await advance(name);
        if (await handlers.get(name)!.watch!.run()) await deliver(name);
      },
    });
  }

  async function advance(name: Part): Promise<void> {
    const part = world.parts.get(name)!;
    const { db } = part.life();
    for (let taken = BATCH; taken === BATCH; ) taken = await advanceDueAlerts(db, part.clock.now(), BATCH);
    await deliver(name);
  }

  async function deliver(name: Part): Promise<void> {
    const part = world.parts.get(name)!;
    const { db } = part.life();
    const gateways = handlers.get(name)!.gateways!;
    // Once most times: what is left then is found by whoever comes next, as after a job that was lost.
    const isPatient = chance.happens(`${name} is patient at ${world.now}`, 0.25);
    for (let taken = 1; taken > 0; taken = isPatient ? taken : 0) {
      taken = await deliverDue(db, gateways, part.clock, 1_000);
    }
    await pollReceipts(db, gateways, part.clock, () => undefined);
    const { step, message } = await findNextDue(db);
    alarmFor(step, STEP_ALARM_MS);
    alarmFor(message, MESSAGE_ALARM_MS);
  }

  /** What falls due in the morning has its job; later in the day the sweeps find it. */
  function alarmFor(due: Temporal.Instant | undefined, gridMs: number): void {
    const at = Math.max(world.now + 100, due?.epochMilliseconds ?? Number.POSITIVE_INFINITY);
    if (!isNearMorning(at, 50 * MINUTE)) return;
    const grid = isNearMorning(at, 12 * MINUTE) ? gridMs : 5 * MINUTE;
    alarmAt(Math.ceil(at / grid) * grid, 'alarm');
  }

  function intakeAt(at: number, label: string): void {
    agenda.add({
      ...{ at, part: 'broker', label },
      whenDown: () => undefined,
      async work() {
        const sent = world.sensors.due(world.now);
        if (sent.length === 0) return;
        const part = world.parts.get('broker')!;
        const again = world.now + chance.between(`again at ${world.now}`, 5, 40) * SECOND;
        const messages = sent.map((kept) => intakeOf(kept, world.now));
        // Until an answer comes they will try again, whatever becomes of us.
        world.sensors.unanswered(sent, again);
        intakeAt(again, 'resend');
        await recordIntake(part.life().pool, messages);
        const retry = world.sensors.answered(sent, world.now);
        if (retry !== undefined) intakeAt(retry, 'resend');
        if (sent.some(({ type }) => type === 'opened')) nudgeRules();
      },
    });
  }

  /** The broker says that something was stored. */
  function nudgeRules(): void {
    const at = world.now + chance.between(`nudge at ${world.now}`, 20, 900);
    const name = rulesUp();
    if (!name || !isAfterDeadline(world.now)) return;
    if (!agenda.has(name, 'nudge', world.now, at + 2 * SECOND)) sweepAt(name, at, 'nudge');
  }

  function rulesUp(): Part | undefined {
    const up = [...world.parts.values()].filter(
      (part) => part.name.startsWith('rules') && part.downUntil <= world.now,
    );
    return up.length > 0 ? chance.pick(`nudged at ${world.now}`, up).name : undefined;
  }

  function isAfterDeadline(at: number): boolean {
    return plan.homes.some(({ days }) =>
      days.some((day) => at >= day.deadlineAt - MINUTE && at < day.endsAt),
    );
  }

  function isNearMorning(at: number, forMs: number): boolean {
    return plan.homes.some(({ days }) =>
      days.some((day) => at >= day.deadlineAt && at < day.deadlineAt + forMs),
    );
  }

  /** Hands calls to our API: those that come together in one run, each answered or not by itself. */
  function callApi(at: number, call: Call, tries = 0): void {
    const comesAt = Math.ceil(at / CALLBACK_MS) * CALLBACK_MS;
    const calls = callsAt.get(comesAt);
    const again = (later: number) => {
      if (tries < 6) callApi(later, call, tries + 1);
    };
    if (calls) {
      calls.push({ call, again });
      return;
    }
    const list = [{ call, again }];
    const answered = new Set<Call>();
    callsAt.set(comesAt, list);
    agenda.add({
      ...{ at: comesAt, part: 'api', label: 'calls' },
      whenDown(upAt) {
        callsAt.delete(comesAt);
        for (const each of list) each.again(upAt + 10 * SECOND);
      },
      async work() {
        for (const each of list) {
          await each.call();
          answered.add(each.call);
        }
      },
      // Whoever called and got no answer calls again.
      afterwards() {
        callsAt.delete(comesAt);
        for (const each of list) if (!answered.has(each.call)) each.again(world.now + 15 * SECOND);
      },
    });
  }

  function tellReceipt(id: string, state: 'failed' | 'delivered', at: number, label: string): void {
    const line = `the receipt “${state}” for ${id}`;
    const receipt = () => provider.receiptOf(id, state);
    const give = (when: number) =>
      callApi(when, async () => {
        const part = world.parts.get('api')!;
        const isNews = await recordReceipt(part.life().db, receipt(), part.clock.now());
        // One of success gives a round nothing to do; few of them show that it does no harm.
        if (isNews && (state === 'failed' || chance.happens(`${label} wakes`, 0.1))) wakeCarer();
      });
    if (faults.strikes('receipt_lost', label, 0.06, at, `${line} is lost`)) {
      provider.settle(id, state);
      return;
    }
    const late = chance.between(`${label} late`, 5, 90) * MINUTE;
    give(
      faults.strikes('receipt_late', label, 0.05, at, `${line} is ${late / MINUTE} minutes late`)
        ? at + late
        : at,
    );
    if (faults.strikes('receipt_doubled', label, 0.04, at, `${line} comes twice`)) give(at + 20 * SECOND);
  }

  /** A phone rings: its owner reads of which home it is and answers in their way. */
  function hear(key: string, phone: string, at: number): void {
    const person = people.find(phone);
    if (!person || person.habit === 'never') return;
    agenda.add({
      ...{ at, part: 'api', label: `rings ${key}`, isForced: true as const },
      whenDown: () => hear(key, phone, at + MINUTE),
      async work() {
        const page = await bench.own
          .selectFrom('message')
          .innerJoin('alert', 'alert.id', 'message.alert_id')
          .innerJoin('household', 'household.id', 'alert.household_id')
          .select(['household.code', 'alert.id'])
          .where('message.envelope_id', '=', key)
          .where('message.kind', '=', 'page')
          .where('household.is_canary', '=', false)
          .orderBy('household.code')
          .executeTakeFirst();
        if (!page) return;
        for (const reply of people.answers(person, page.code, page.id, world.now)) write(reply);
      },
    });
  }

  function write(reply: Reply): void {
    replies += 1;
    const providerId = `R${replies}`;
    const label = `reply ${reply.phone} ${reply.at}`;
    const hand = (at: number) =>
      callApi(at, async () => {
        const part = world.parts.get('api')!;
        const { phone, text } = reply;
        await receiveReply(
          part.life().db,
          { provider: 'simulated-sms', providerId, phone, text },
          part.clock.now(),
        );
        if (reply.safeFor) world.saidSafe.push({ code: reply.safeFor, at: world.now });
        wakeCarer();
      });
    hand(reply.at);
    const line = `the reply “${reply.text}” from ${reply.phone} is handed over twice`;
    if (faults.strikes('reply_doubled', label, 0.06, reply.at, line)) hand(reply.at + 5 * SECOND);
  }

  function scheduleDays(): void {
    for (const at of world.sensors.times) intakeAt(at, 'sensors');
    for (const name of world.parts.keys()) startAt(name, plan.beginsAt);
    for (const [day] of plan.dates.entries()) {
      const deadlines = [...new Set(plan.homes.map((home) => home.days[day]!.deadlineAt))].sort(
        (a, b) => a - b,
      );
      const first = deadlines[0]!;
      const endsAt = plan.homes[0]!.days[day]!.endsAt;
      const looks = [first - 20 * MINUTE];
      for (const deadlineAt of deadlines) looks.push(deadlineAt + 520, deadlineAt + 61 * SECOND);
      looks.push(day < plan.dates.length - 1 ? endsAt - 5 * HOUR : endsAt - 20 * MINUTE);
      for (const name of world.parts.keys()) {
        const shift = (at: number) => chance.between(`${name} shift ${at}`, 0, 300);
        if (name.startsWith('rules')) for (const at of looks) sweepAt(name, at + shift(at), 'sweep');
        const cares = [
          first + 2 * MINUTE,
          first + 70 * MINUTE,
          first + 240 * MINUTE,
          endsAt - 4 * HOUR,
          endsAt - 19 * MINUTE,
        ];
        if (name.startsWith('carer')) for (const at of cares) careAt(name, at + shift(at), 'sweep');
      }
      for (const hours of [-5, 1.6, 2.2, 3, 5.5, 8]) jobAt('carer 1', first + hours * HOUR);
      // The last hours have no faults: whatever was left lying is found.
      for (let at = endsAt - 3.5 * HOUR; at < endsAt - 30 * MINUTE; at += 80 * MINUTE) jobAt('carer 1', at);
      scheduleAbsences(day, first);
    }
  }

  function scheduleAbsences(day: number, deadlineAt: number): void {
    const label = `day ${day}`;
    const allFrom = deadlineAt - chance.between(`${label} box from`, 2, 100) * MINUTE;
    const allUntil = deadlineAt + chance.between(`${label} box until`, 1, 90) * MINUTE;
    const all = `the box is down until ${tellTime(allUntil)}`;
    if (faults.strikes('all_down', label, 0.12, allFrom, all)) {
      for (const name of world.parts.keys()) isDown(name, allFrom, allUntil);
      world.outages.push({ from: allFrom, until: allUntil });
    } else {
      for (const name of world.parts.keys()) {
        const from = deadlineAt + chance.between(`${label} ${name} from`, -90, 60) * MINUTE;
        const until = from + chance.between(`${label} ${name} lasts`, 1, 60) * MINUTE;
        if (
          faults.strikes(
            'part_down',
            `${label} ${name}`,
            0.06,
            from,
            `${name} is down until ${tellTime(until)}`,
          )
        )
          isDown(name, from, until);
      }
    }
    const from = deadlineAt + chance.between(`${label} provider from`, -5, 30) * MINUTE;
    const until = from + chance.between(`${label} provider lasts`, 1, 15) * MINUTE;
    if (faults.strikes('provider_down', label, 0.1, from, `the provider is away until ${tellTime(until)}`)) {
      provider.addAbsence(from, until);
    }
  }

  function isDown(name: Part, from: number, until: number): void {
    agenda.add({
      ...{ at: from, part: name, label: 'goes down', isForced: true as const },
      async work() {
        const part = world.parts.get(name)!;
        if (name.startsWith('rules') && part.isContinuous)
          await touchWatermark(bench.own, 'sweep', Temporal.Instant.fromEpochMilliseconds(from), NO_GAP);
        if (name === 'broker')
          await touchWatermark(bench.own, 'intake', Temporal.Instant.fromEpochMilliseconds(from), NO_GAP);
        await part.end();
        part.downUntil = until;
        handlers.set(name, startHandler(part));
        startAt(name, until);
      },
    });
  }

  function tellTime(at: number): string {
    const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(plan.timeZone);
    return local.toPlainTime().toString({ smallestUnit: 'second' });
  }
}

/** The watch outlives what fails in it and logs it: what no injected fault explains is a violation. */
function createWatchLogger(onComplaint: (why: string) => void): Logger {
  const ignore = () => undefined;
  const error = ({ event, why = '' }: { event: string; why?: string }) => {
    if (event === 'watch.failed' && !isOutlived(new Error(why))) onComplaint(why);
  };
  return { debug: ignore, info: ignore, warn: ignore, error } as unknown as Logger;
}

type Call = () => Promise<void>;

type Handler = {
  sweep?: ReturnType<typeof createSweep>;
  gateways?: ReturnType<typeof createGateways>;
  watch?: ReturnType<typeof createWatch>;
};

/** Goes through the days entry by entry, and stops at the first step that breaks a promise. */
async function live(world: World): Promise<string[]> {
  const { agenda, plan, parts, faults } = world;
  for (let entry = agenda.next(); entry && entry.at <= plan.endsAt; entry = agenda.next()) {
    const label = `${entry.part} ${entry.label} ${entry.at}`;
    const beside = agenda.takeBeside(entry, entry.at + MOMENT_MS);
    const names = [entry, ...beside].map(({ part }) => part).join(', ');
    const isAtOnce = beside.length > 0 && faults.strikes('at_once', label, 0.6, entry.at, `${names} at once`);
    if (!isAtOnce) for (const other of beside) agenda.add(other);
    const group = isAtOnce ? [entry, ...beside] : [entry];
    world.now = Math.max(world.now, ...group.map(({ at }) => at));
    const up = group.filter(({ part, whenDown }) => {
      const { downUntil } = parts.get(part)!;
      if (downUntil <= world.now) return true;
      whenDown?.(downUntil);
      return false;
    });
    if (up.length === 0) continue;
    const thrown: string[] = [];
    const tasks = up.map(({ part, work, isForced }) => ({
      part,
      async work() {
        if (isForced) return work();
        const threw = await parts.get(part)!.run(work, world.now);
        if (threw) thrown.push(threw);
      },
    }));
    await world.together(tasks, label);
    for (const { afterwards } of up) afterwards?.();
    if (up.every(({ isForced }) => isForced)) continue;
    world.steps += 1;
    const violations = [...thrown, ...world.complaints, ...(await checkStep(world, STEP_GRACE_MS))];
    if (violations.length > 0)
      return violations.map((violation) => `${tellEntry(entry, plan)}: ${violation}`);
  }
  world.now = plan.endsAt;
  return checkEnd(world, END_GRACE_MS);
}

const tellEntry = ({ part, label, at }: Entry, { timeZone }: Plan): string =>
  `${Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime().toString()} after ${part} (${label})`;
