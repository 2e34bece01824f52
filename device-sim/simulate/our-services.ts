import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import type { Gateway } from '#contracts/gateway.ts';
import type { Logger } from '#platform/logger.ts';
import { deliverAll, type Tending, tendLadders } from '#services/escalation/tend-ladders.ts';
import { createWatch } from '#services/escalation/watch.ts';
import { deliverDue } from '#services/messaging/deliver.ts';
import { createGateways } from '#services/messaging/gateways.ts';
import { pollReceipts } from '#services/messaging/poll-receipts.ts';
import { createSweep } from '#services/rules/sweep.ts';
import type { NextDue } from '#store/alert/next-due.ts';
import { toDate } from '#store/instant.ts';
import { recordProviderHealth, registerProviders } from '#store/message/provider-health.ts';
import { recordIntake } from '#store/sensor/record-intake.ts';
import { touchWatermark } from '#store/watermark.ts';
import type { Part } from './bench.ts';
import { createLivingPart, isOutlived, type LivingPart } from './living-part.ts';
import type { Plan } from './plan.ts';
import { intakeOf } from './sensors.ts';
import type { World } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** As the services have it. */
const GAP_MS = 10 * SECOND;
const MARK_EVERY_MS = 2 * SECOND;
/** A hole that the run itself makes by leaving out idle sweeps is none. */
const NO_GAP = 1_000 * 24 * 60 * MINUTE;
/** A deadline may wait for a minute after the end of a gap, which may begin up to a minute after the deadline. */
export const LONGEST_HOLD_MS = 2 * MINUTE + 5 * SECOND;
/** Alarms are rounded up to these, so that one run does what falls due together. */
const STEP_ALARM_MS = 150 * SECOND;
const MESSAGE_ALARM_MS = 240 * SECOND;
const LATER_ALARM_MS = 10 * MINUTE;

/** Our services, as the run drives them: the handlers are the real ones, and only when each is called is decided here. */
export type Services = {
  parts: ReadonlyMap<Part, LivingPart>;
  /** What a part does first when it is up. */
  startAt(name: Part, at: number): void;
  sweepAt(name: Part, at: number, label: string): void;
  /** A sweep of escalation, with all that it watches beside alerts. */
  careAt(name: Part, at: number, label: string): void;
  /** A job: it advances what is due and sends. */
  jobAt(name: Part, at: number): void;
  intakeAt(at: number, label: string): void;
  /** Asks for a job right now. */
  wakeCarer(): void;
  /** The clock of a part's machine is wrong for a while. */
  isSkewed(name: Part, from: number, until: number, skewMs: number): void;
  /** Ends a part's life and begins another one later. */
  isDown(name: Part, from: number, until: number): void;
};

type Handler = {
  sweep?: ReturnType<typeof createSweep>;
  gateways?: ReturnType<typeof createGateways>;
  watch?: ReturnType<typeof createWatch>;
};

export function createServices(world: World, gateways: readonly Gateway[]): Services {
  const { bench, plan, chance, faults, agenda } = world;
  const handlers = new Map<Part, Handler>();
  const parts = new Map<Part, LivingPart>();
  const partOf = (name: Part): LivingPart => parts.get(name)!;
  /** Moments for which a job was asked: a second request for the same one is none. */
  const alarms = new Set<number>();
  let setBackAt: number | undefined;
  const hasTwin = plan.processes === 2;
  const twins: readonly Part[] = hasTwin ? ['rules 2', 'carer 2'] : [];
  for (const name of ['broker', 'rules 1', 'carer 1', 'api', ...twins] as const) {
    const part = createLivingPart(name, {
      ...{ bench, chance, faults, hasTwin, turnstile: world.turnstile, beginsAt: plan.beginsAt },
      now: () => world.now,
      onDeath: revive,
    });
    parts.set(name, part);
    handlers.set(name, startHandler(part));
  }
  return { parts, startAt, sweepAt, careAt, jobAt, intakeAt, wakeCarer, isSkewed, isDown };

  function startHandler(part: LivingPart): Handler {
    const { db } = part.life();
    const { clock } = part;
    if (part.name.startsWith('rules')) {
      const sweep = createSweep({ gapMs: GAP_MS }, { db, clock, wake: () => wakeCarer() });
      return { sweep };
    }
    const ways = createGateways(gateways, (change) => recordProviderHealth(db, change, clock.now()));
    const watch = createWatch({
      db,
      clock,
      logger: createWatchLogger((why) => world.complaints.push(`${part.name}: ${why}`)),
    });
    return { gateways: ways, watch };
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
    let isDone = false;
    agenda.add({
      ...{ at, part: name, label },
      whenDown: () => undefined,
      async work() {
        const part = partOf(name);
        await markIdleTime(part);
        if (!part.isRight()) {
          setBackAt = world.now;
          world.brokenAt = world.now;
        }
        const { isCatchingUp } = await handlers.get(name)!.sweep!();
        if (isCatchingUp) sweepAt(name, world.now + 61 * SECOND, 'after catching up');
        isDone = true;
        if (part.isRight()) await complainOfHeldDays(name);
      },
      // The next sweep is a second away, and makes good what failed in this one or what its clock kept from it.
      afterwards() {
        const { isContinuous, downUntil } = partOf(name);
        if (downUntil > world.now) return;
        if (!(isDone && isContinuous)) sweepAt(name, world.now + SECOND, 'next');
        // And what it does each minute only.
        if (!isDone) sweepAt(name, world.now + 61 * SECOND, 'a minute later');
      },
    });
  }

  /** The sweeps that were left out because nothing was to do have left one trace: the marks that say we were here. */
  async function markIdleTime(part: LivingPart): Promise<void> {
    const before = Temporal.Instant.fromEpochMilliseconds(world.now - SECOND);
    if (!part.isContinuous) world.brokenAt = world.now;
    const idle: { name: 'sweep' | 'intake'; at: Temporal.Instant }[] = [];
    if (part.isContinuous) idle.push({ name: 'sweep', at: before });
    const broker = partOf('broker');
    if (broker.downUntil > world.now || !broker.isContinuous) world.brokenAt = world.now;
    if (broker.downUntil <= world.now) {
      const stampAt = (at: Temporal.Instant) => at.add({ milliseconds: broker.skewMs });
      if (broker.isContinuous) idle.push({ name: 'intake', at: stampAt(before) });
      else await stampMark('intake', stampAt(Temporal.Instant.fromEpochMilliseconds(world.now)), GAP_MS);
      broker.isContinuous = true;
    }
    // Rules whose clock was behind have set the mark back: whoever stamped it next saw a gap.
    if (part.isContinuous && setBackAt !== undefined) {
      const next = Math.min(setBackAt + MARK_EVERY_MS, before.epochMilliseconds);
      await stampMark('sweep', Temporal.Instant.fromEpochMilliseconds(next), GAP_MS);
      setBackAt = undefined;
    }
    await stampIdleMarks(idle);
  }

  /** What a stamp of each few seconds would have left, in one statement. */
  async function stampIdleMarks(marks: readonly { name: string; at: Temporal.Instant }[]): Promise<void> {
    if (marks.length === 0) return;
    await bench.own
      .insertInto('watermark')
      .values(marks.map(({ name, at }) => ({ name, seen_at: toDate(at) })))
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ seen_at: sql`greatest(watermark.seen_at, excluded.seen_at)` }),
      )
      .execute();
  }

  /** A stamp of that moment, however late it is made: no process of a morning stands still before it. */
  function stampMark(name: 'sweep' | 'intake', at: Temporal.Instant, gapMs: number): Promise<void> {
    return touchWatermark(bench.own, name, { now: () => at }, gapMs);
  }

  /** Where everybody was there, no clock of others holds a deadline back (invariant 3). */
  async function complainOfHeldDays(name: Part): Promise<void> {
    if (world.now - world.brokenAt < LONGEST_HOLD_MS) return;
    const held = await bench.own
      .selectFrom('pact_day')
      .select('on_date')
      .where('verdict', '=', 'awaiting')
      .where('deadline_at', '<', new Date(world.now - LONGEST_HOLD_MS))
      .execute();
    if (held.length > 0)
      world.complaints.push(`${name} left ${held.length} days unjudged past their deadlines`);
  }

  function wakeCarer(): void {
    alarmAt(world.now + chance.between(`wake at ${world.now}`, 20, 300), 'woken');
  }

  /** A job of the queue: whoever is free takes it. */
  function alarmAt(at: number, why: string): void {
    const label = `${why} ${at}`;
    if (alarms.has(at)) return;
    alarms.add(at);
    const carers = [...parts.keys()].filter((name) => name.startsWith('carer'));
    const taker = chance.pick(`taker of ${label}`, carers);
    if (agenda.has(taker, 'job', at - SECOND, at + (why === 'woken' ? 90 : 1) * SECOND)) return;
    if (faults.strikes('job_lost', label, 0.08, at, `the job for ${world.tellTime(at)} is lost`)) return;
    const late = chance.between(`late ${label}`, 1, 20) * MINUTE;
    const lateness = `the job for ${world.tellTime(at)} is ${late / MINUTE} minutes late`;
    const isLate = faults.strikes('job_late', label, 0.05, at, lateness);
    const comesAt = isLate ? at + late : at;
    jobAt(taker, comesAt);
    if (faults.strikes('job_doubled', label, 0.05, at, `the job for ${world.tellTime(at)} comes twice`))
      jobAt(carers.at(-1)!, comesAt + 50);
  }

  function jobAt(name: Part, at: number): void {
    careEntry(name, at, 'job', () => advance(name));
  }

  function careAt(name: Part, at: number, label: string): void {
    careEntry(name, at, label, async () => {
      if (label === 'start') await registerProviders(partOf(name).life().db, gateways);
      await advance(name);
      // What is told beside alerts comes by the time of day: sweeps that only make up for others leave it to those.
      if (label === 'sweep' && (await handlers.get(name)!.watch!.run())) await deliver(name);
    });
  }

  function careEntry(name: Part, at: number, label: string, work: () => Promise<void>): void {
    let isDone = false;
    agenda.add({
      ...{ at, part: name, label },
      whenDown: () => undefined,
      async work() {
        await work();
        isDone = true;
      },
      // What failed is found by the next sweep, two seconds later; who died begins with one of its own.
      afterwards() {
        if (!isDone && partOf(name).downUntil <= world.now) careAt(name, world.now + 2 * SECOND, 'next');
      },
    });
  }

  async function advance(name: Part): Promise<void> {
    setAlarms(await tendLadders(tendingOf(name)));
  }

  async function deliver(name: Part): Promise<void> {
    setAlarms(await deliverAll(tendingOf(name)));
  }

  function tendingOf(name: Part): Tending {
    const part = partOf(name);
    const { db } = part.life();
    const ways = handlers.get(name)!.gateways!;
    // Once most times: what is left then is found by whoever comes next, as after a job that was lost.
    const isPatient = chance.happens(`${name} is patient at ${world.now}`, 0.25);
    const deliverDueOnce = async () => {
      const taken = await deliverDue(db, ways, part.clock, 1_000);
      await pollReceipts(db, ways, part.clock, () => undefined);
      return isPatient ? taken : 0;
    };
    return { db, clock: part.clock, deliverDue: deliverDueOnce };
  }

  function setAlarms({ step, message }: NextDue): void {
    alarmFor(step, STEP_ALARM_MS);
    alarmFor(message, MESSAGE_ALARM_MS);
  }

  /** What falls due in the morning has its job; later in the day the sweeps find it. */
  function alarmFor(due: Temporal.Instant | undefined, gridMs: number): void {
    const at = Math.max(world.now + 100, due?.epochMilliseconds ?? Number.POSITIVE_INFINITY);
    if (!isNearMorning(plan, at, 50 * MINUTE)) return;
    const grid = isNearMorning(plan, at, 12 * MINUTE) ? gridMs : LATER_ALARM_MS;
    alarmAt(Math.ceil(at / grid) * grid, 'alarm');
  }

  function intakeAt(at: number, label: string): void {
    agenda.add({
      ...{ at, part: 'broker', label },
      whenDown: () => undefined,
      async work() {
        const sent = world.sensors.due(world.now);
        if (sent.length === 0) return;
        const part = partOf('broker');
        const again = world.now + chance.between(`again at ${world.now}`, 5, 40) * SECOND;
        const stampedAt = part.clock.now().epochMilliseconds;
        const messages = sent.map((kept) => intakeOf(kept, stampedAt));
        // Until an answer comes they will try again, whatever becomes of us.
        world.sensors.unanswered(sent, again, stampedAt);
        intakeAt(again, 'resend');
        await recordIntake(part.life().pool, messages);
        const retry = world.sensors.answered(sent, world.now, stampedAt);
        if (retry !== undefined) intakeAt(retry, 'resend');
        if (sent.some(({ type }) => type === 'opened')) nudgeRules();
      },
    });
  }

  /** The broker says that something was stored. */
  function nudgeRules(): void {
    const at = world.now + chance.between(`nudge at ${world.now}`, 20, 900);
    const name = rulesUp();
    if (!name || !isAfterDeadline(plan, world.now)) return;
    if (!agenda.has(name, 'nudge', world.now, at + 2 * SECOND)) sweepAt(name, at, 'nudge');
  }

  function rulesUp(): Part | undefined {
    const up = [...parts.values()].filter(
      (part) => part.name.startsWith('rules') && part.downUntil <= world.now,
    );
    return up.length > 0 ? chance.pick(`nudged at ${world.now}`, up).name : undefined;
  }

  function isSkewed(name: Part, from: number, until: number, skewMs: number): void {
    const step = (at: number, label: string, bySkewMs: number) =>
      agenda.add({
        ...{ at, part: name, label, isForced: true as const },
        async work() {
          const part = partOf(name);
          const stamp = (gapMs: number) => stampMark('intake', part.clock.now(), gapMs);
          // The stamps on both sides of the step: every two seconds one is written.
          const isStamping = name === 'broker' && part.downUntil <= world.now && part.isContinuous;
          if (isStamping) await stamp(NO_GAP);
          part.skewMs = bySkewMs;
          if (name === 'broker') world.brokerLagMs = Math.max(world.brokerLagMs, -bySkewMs);
          if (isStamping) await stamp(GAP_MS);
        },
      });
    step(from, 'its clock steps', skewMs);
    step(until, 'its clock is set right', 0);
  }

  function isDown(name: Part, from: number, until: number): void {
    agenda.add({
      ...{ at: from, part: name, label: 'goes down', isForced: true as const },
      async work() {
        const part = partOf(name);
        if (name.startsWith('rules') && part.isContinuous)
          await stampMark('sweep', Temporal.Instant.fromEpochMilliseconds(from), NO_GAP);
        if (name === 'broker') await stampMark('intake', part.clock.now(), NO_GAP);
        await part.end();
        part.downUntil = until;
        handlers.set(name, startHandler(part));
        startAt(name, until);
      },
    });
  }
}

const isAfterDeadline = ({ homes }: Plan, at: number): boolean =>
  homes.some(({ days }) => days.some((day) => at >= day.deadlineAt - MINUTE && at < day.endsAt));

const isNearMorning = ({ homes }: Plan, at: number, forMs: number): boolean =>
  homes.some(({ days }) => days.some((day) => at >= day.deadlineAt && at < day.deadlineAt + forMs));

/** The watch outlives what fails in it and logs it: what no injected fault explains is a violation. */
function createWatchLogger(onComplaint: (why: string) => void): Logger {
  const ignore = () => undefined;
  const error = ({ event, why = '' }: { event: string; why?: string }) => {
    if (event === 'watch.failed' && !isOutlived(new Error(why))) onComplaint(why);
  };
  return { debug: ignore, info: ignore, warn: ignore, error } as unknown as Logger;
}
