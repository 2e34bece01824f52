import { Temporal } from 'temporal-polyfill';
import type { Gateway } from '#contracts/gateway.ts';
import type { Logger } from '#platform/logger.ts';
import { createWatch } from '#services/escalation/watch.ts';
import { deliverDue } from '#services/messaging/deliver.ts';
import { createGateways } from '#services/messaging/gateways.ts';
import { pollReceipts } from '#services/messaging/poll-receipts.ts';
import { createSweep } from '#services/rules/sweep.ts';
import { advanceDueAlerts } from '#store/alert/change-alert.ts';
import { findNextDue } from '#store/alert/next-due.ts';
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
const BATCH = 500;
/** A hole that the run itself makes by leaving out idle sweeps is none. */
const NO_GAP = 1_000 * 24 * 60 * MINUTE;
/** Alarms are rounded up to these, so that one run does what falls due together. */
const STEP_ALARM_MS = 90 * SECOND;
const MESSAGE_ALARM_MS = 180 * SECOND;
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
  return { parts, startAt, sweepAt, careAt, jobAt, intakeAt, wakeCarer, isDown };

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
        await handlers.get(name)!.sweep!();
        isDone = true;
      },
      // The next sweep is a second away, and makes good what failed in this one or what its clock kept from it.
      afterwards() {
        const { isContinuous, downUntil } = partOf(name);
        if (downUntil <= world.now && !(isDone && isContinuous)) sweepAt(name, world.now + SECOND, 'next');
      },
    });
  }

  /** The sweeps that were left out because nothing was to do have left one trace: the marks that say we were here. */
  async function markIdleTime(part: LivingPart): Promise<void> {
    const before = Temporal.Instant.fromEpochMilliseconds(world.now - SECOND);
    if (part.isContinuous) await touchWatermark(bench.own, 'sweep', before, NO_GAP);
    else if (isAfterDeadline(plan, world.now))
      sweepAt(part.name, world.now + 61 * SECOND, 'after catching up');
    const broker = partOf('broker');
    if (broker.downUntil <= world.now) {
      const [at, gapMs] = broker.isContinuous ? [before, NO_GAP] : [part.clock.now(), GAP_MS];
      await touchWatermark(bench.own, 'intake', at, gapMs);
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
    agenda.add({ ...{ at, part: name, label: 'job' }, work: () => advance(name), whenDown: () => undefined });
  }

  function careAt(name: Part, at: number, label: string): void {
    agenda.add({
      ...{ at, part: name, label },
      whenDown: () => undefined,
      async work() {
        if (label === 'start') await registerProviders(partOf(name).life().db, gateways);
        await advance(name);
        if (await handlers.get(name)!.watch!.run()) await deliver(name);
      },
    });
  }

  async function advance(name: Part): Promise<void> {
    const part = partOf(name);
    const { db } = part.life();
    for (let taken = BATCH; taken === BATCH; ) taken = await advanceDueAlerts(db, part.clock.now(), BATCH);
    await deliver(name);
  }

  async function deliver(name: Part): Promise<void> {
    const part = partOf(name);
    const { db } = part.life();
    const ways = handlers.get(name)!.gateways!;
    // Once most times: what is left then is found by whoever comes next, as after a job that was lost.
    const isPatient = chance.happens(`${name} is patient at ${world.now}`, 0.25);
    for (let taken = 1; taken > 0; taken = isPatient ? taken : 0) {
      taken = await deliverDue(db, ways, part.clock, 1_000);
    }
    await pollReceipts(db, ways, part.clock, () => undefined);
    const { step, message } = await findNextDue(db);
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
    if (!name || !isAfterDeadline(plan, world.now)) return;
    if (!agenda.has(name, 'nudge', world.now, at + 2 * SECOND)) sweepAt(name, at, 'nudge');
  }

  function rulesUp(): Part | undefined {
    const up = [...parts.values()].filter(
      (part) => part.name.startsWith('rules') && part.downUntil <= world.now,
    );
    return up.length > 0 ? chance.pick(`nudged at ${world.now}`, up).name : undefined;
  }

  function isDown(name: Part, from: number, until: number): void {
    agenda.add({
      ...{ at: from, part: name, label: 'goes down', isForced: true as const },
      async work() {
        const part = partOf(name);
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
