import type { Clock } from '#platform/clock.ts';
import type { DeviceSetting } from '#store/bridge/setting.ts';
import type { Reading } from '../model.ts';
import { decide } from '../report/decide.ts';
import type { Decision, DeviceState, Report } from '../report/device-state.ts';
import { beginSettling, goOnSettling, mustSettle, restsAt, type Settling } from './settling.ts';

/** One report on its way through its device's lane. */
export type Job = {
  device: DeviceSetting;
  /** Before the reading is known; a codec takes its time. */
  read: () => Reading | Promise<Reading>;
  reportOf: (reading: Reading) => Report;
  debounceMs: number;
  /** Called once, in the order of the lane, in the same turn as the state is moved. `others` are those that it stands for. */
  onDecided: (decision: Decision, reading: Reading, others: readonly Job[]) => void;
  onFailed: (error: unknown) => void;
};

export type Lanes = {
  push(job: Job): void;
  /** Says that what a device said since may not have reached us. */
  noteGap(device: DeviceSetting): void;
  /** Forgets decisions that could not be kept, so that the same reports are decided anew. */
  forget(deviceIds: readonly string[]): void;
  stop(): void;
};

type Held = { job: Job; reading: Reading };
type Lane = {
  tail: Promise<void>;
  state: DeviceState;
  curtain: string;
  settling: Settling<Held> | undefined;
  timer: NodeJS.Timeout | undefined;
  /** What it decided could not be kept; what waits in it must come again, after what failed. */
  isForgotten: boolean;
};

const heldIn = (settling: Settling<Held> | undefined): Held[] =>
  settling ? [...settling.before, settling.last.job] : [];

/** What a device's state is of: in another home, or read in another way, what it knew was of something else. */
export const curtainOf = ({ sensorId, householdId, format, codecId }: DeviceSetting): string =>
  [sensorId, householdId, format, codecId].join(' ');

/** Takes each device's reports one after the other, whichever way and however fast they come. */
export function createLanes(ports: {
  clock: Clock;
  stateOf: (deviceId: string, curtain: string) => DeviceState;
}): Lanes {
  const lanes = new Map<string, Lane>();
  let stopped = false;

  function laneOf(device: DeviceSetting): Lane {
    const { id } = device;
    const curtain = curtainOf(device);
    let lane = lanes.get(id);
    if (!lane) {
      lane = {
        tail: Promise.resolve(),
        state: ports.stateOf(id, curtain),
        curtain,
        settling: undefined,
        timer: undefined,
        isForgotten: false,
      };
      lanes.set(id, lane);
    }
    if (lane.curtain !== curtain) Object.assign(lane, { curtain, state: ports.stateOf(id, curtain) });
    return lane;
  }

  async function work(lane: Lane, job: Job): Promise<void> {
    if (stopped) return;
    try {
      const reading = job.read();
      take(lane, { job, reading: reading instanceof Promise ? await reading : reading });
    } catch (error) {
      job.onFailed(error);
    }
  }

  function take(lane: Lane, held: Held): void {
    if (lane.isForgotten) throw new Error('what came before it was not kept');
    const report = held.job.reportOf(held.reading);
    const { debounceMs } = held.job;
    if (debounceMs === 0 || !mustSettle(report, lane.state.contact, lane.settling !== undefined)) {
      finish(lane, report, held, []);
      return;
    }
    if (lane.settling) goOnSettling(lane.settling, report, held);
    else lane.settling = beginSettling(report, held);
    clearTimeout(lane.timer);
    const left = restsAt(lane.settling, debounceMs) - ports.clock.now().epochMilliseconds;
    lane.timer = setTimeout(() => settle(lane), ports.clock.toWallMilliseconds(Math.max(0, left)));
  }

  function settle(lane: Lane): void {
    const { settling } = lane;
    if (!settling || stopped) return;
    lane.settling = undefined;
    lane.timer = undefined;
    const { report, job } = settling.last;
    finish(lane, { ...report, beganAt: settling.beganAt }, job, settling.before);
  }

  function finish(lane: Lane, report: Report, { job, reading }: Held, others: readonly Held[]): void {
    const decision = decide(lane.state, report, job.device);
    lane.state = decision.state;
    job.onDecided(
      decision,
      reading,
      others.map((other) => other.job),
    );
  }

  return {
    push(job) {
      const lane = laneOf(job.device);
      lane.tail = lane.tail.then(() => work(lane, job));
    },
    noteGap(device) {
      const lane = laneOf(device);
      lane.tail = lane.tail.then(() => {
        lane.state = { ...lane.state, hasGap: true };
      });
    },
    forget(deviceIds) {
      for (const id of deviceIds) {
        const lane = lanes.get(id);
        if (!lane) continue;
        lane.isForgotten = true;
        clearTimeout(lane.timer);
        lanes.delete(id);
        for (const { job } of heldIn(lane.settling)) job.onFailed(new Error('decided anew'));
      }
    },
    stop() {
      stopped = true;
      for (const { timer } of lanes.values()) clearTimeout(timer);
    },
  };
}
