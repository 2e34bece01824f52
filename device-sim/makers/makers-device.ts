import type { Clock } from '#platform/clock.ts';
import type { SensorReport, VirtualSensor } from '../virtual-sensor.ts';
import type { Installed } from './makes.ts';

/**
 * A maker's device where one of our own sensors could be. It speaks to its gateway; what it says is acknowledged by the
 * gateway's broker and by nobody else, so that `sent` stays empty.
 */
export type MakersDevice = VirtualSensor & {
  /** How often its curtain was opened while it could tell anybody. */
  readonly opened: number;
};

export type MakersDeviceOptions = {
  /** The sensor that it stands for. */
  sensorId: string;
  install: () => Installed;
  clock: Clock;
};

/** Plays the script of a home's sensor on a device that has no clock and no memory of its own, or only its maker's. */
export function createMakersDevice({ sensorId, install, clock }: MakersDeviceOptions): MakersDevice {
  let installed: Installed | undefined;
  let [opened, battery] = [0, 100];
  let hasSpoken = false;
  let isDead = false;
  const now = () => clock.now().epochMilliseconds;

  /** Its gateway asks how it stands, or its battery has changed, or its curtain moves. */
  async function act({ device }: Installed, { type, at }: SensorReport): Promise<void> {
    if (type === 'heartbeat') return device.report(now());
    if (type !== 'opened' && type !== 'closed') throw new Error(`${sensorId} cannot say ${type}`);
    const move = (when: number) => (type === 'opened' ? device.open(when) : device.close(when));
    if (!hasSpoken) {
      // What it did the evening before nobody was there to hear: it says how that has left the curtain.
      hasSpoken = true;
      return move(now());
    }
    if (type === 'opened') opened += 1;
    if (at === undefined) return move(now());
    if (!device.outOfReach || !device.heardAgain) throw new Error(`${sensorId} has no memory`);
    device.outOfReach();
    await move(Date.parse(at));
    await device.heardAgain(now());
  }

  return {
    sensorId,
    sent: [],
    get opened() {
      return opened;
    },
    async connect() {
      installed = install();
      await installed.gateway?.connect(now());
    },
    async report(report) {
      if (isDead || !installed) return;
      if (report.type !== 'heartbeat' || report.battery === battery) await act(installed, report);
      if (report.battery === undefined || report.battery === battery) return;
      battery = report.battery;
      await installed.device.battery(now(), battery);
    },
    async disconnect() {
      if (!isDead) await installed?.gateway?.disconnect();
    },
    async vanish() {
      isDead = true;
      await installed?.gateway?.vanish();
    },
  };
}
