import { expect, test } from 'vitest';
import { systemClock } from '#platform/clock.ts';
import type { DeviceSetting } from '#store/bridge/setting.ts';
import { NOTHING_READ } from '../model.ts';
import { NEW_DEVICE } from '../report/device-state.ts';
import { createLanes, type Job } from './lane.ts';

const DEVICE: DeviceSetting = {
  ...{ id: 'd', sourceId: 'o', address: 'a', format: 'as_told', codecId: null, sensorId: 's' },
  householdId: 'h',
  ...{ polarityKnown: true, debounceMs: 0, openPercent: 50, closedPercent: 30, motorCounts: false },
};

test('what waits behind a decision that was not kept must come again, and is decided by what is kept', async () => {
  const closed = { ...NEW_DEVICE, contact: 'closed' as const, contactAt: 1, toldContact: 'closed' as const };
  const lanes = createLanes({ clock: systemClock, stateOf: () => closed });
  const became: string[] = [];
  const done = Promise.withResolvers<void>();
  const note = (what: string): void => {
    if (became.push(what) === 3) done.resolve();
  };
  const job = (contact: 'open' | 'closed', more: Partial<Job> = {}): Job => ({
    device: DEVICE,
    read: () => ({ ...NOTHING_READ, contact }),
    reportOf: (reading) => ({
      ...{ reading, receivedAt: 2, networkAt: null, frameCounter: null, rssi: null, retained: false },
      ...{ gatewayLife: 0, linkedSince: 0, beganAt: null },
    }),
    debounceMs: 0,
    onDecided: (decision) => note(decision.became),
    onFailed: () => note('again'),
    ...more,
  });
  lanes.push(
    job('open', {
      onDecided(decision) {
        note(decision.became);
        lanes.forget(['d']);
        lanes.push(job('open'));
      },
    }),
  );
  lanes.push(job('closed'));
  await done.promise;
  expect(became).toEqual(['opened', 'opened', 'again']);
  lanes.stop();
});
