import { describe, expect, test, vi } from 'vitest';
import { createManualClock, systemClock } from '#platform/clock.ts';
import { createLogger } from '#platform/logger.ts';
import { createSensorSecret, hashSensorSecret } from '#platform/sensor-secret.ts';
import type { Presence } from '#store/sensor/mark-presence.ts';
import { createAddressThrottle } from './address-throttle.ts';
import { createCredentialLookup } from './credential-lookup.ts';
import { createPresenceKeeper } from './presence.ts';
import { createRate } from './rate.ts';
import { startStamps } from './stamps.ts';

describe('the rate of a sensor', () => {
  const rate = () => createRate({ perSecond: 10, burst: 3, mostHoldMs: 500 });

  test('lets a burst pass, spaces out what follows, and calls the rest a flood', () => {
    const { take } = rate();
    expect(Array.from({ length: 9 }, () => take('a', 0))).toEqual([
      0,
      0,
      0,
      100,
      200,
      300,
      400,
      500,
      'flood',
    ]);
    expect(take('b', 0)).toBe(0);
  });

  test('fills again with time, and a flood costs nothing further', () => {
    const { take } = rate();
    for (let n = 0; n < 20; n += 1) take('a', 0);
    expect(take('a', 10_000)).toBe(0);
  });
});

describe('an address that keeps failing', () => {
  test('waits longer each time, to a limit, and is forgiven after a while', () => {
    const throttle = createAddressThrottle();
    const delays = Array.from({ length: 12 }, () => throttle.fail('x', 0));
    // One answer after the other: 250 ms, 500 ms, 1 s, 2 s, 4 s and then 5 s apart, and nobody waits for more than 20 s.
    expect(delays).toEqual([0, 0, 0, 0, 0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750]);
    expect(throttle.fail('x', 0)).toBe(20_000);
    expect([throttle.owed('x', 500), throttle.owed('x', 25_000)]).toEqual([19_500, 0]);
    expect([throttle.isSuspect('x', 0), throttle.isSuspect('y', 0)]).toEqual([true, false]);
    expect(throttle.fail('y', 0)).toBe(0);
    expect(throttle.fail('x', 3_600_000)).toBe(0);
  });
});

describe('credentials', () => {
  test('are asked for once at a time, everybody who waits together', async () => {
    const asked: string[][] = [];
    const lookup = createCredentialLookup(async (ids) => {
      asked.push([...ids]);
      await new Promise((resolve) => setImmediate(resolve));
      return new Map([
        [
          'a',
          { secretHash: Buffer.alloc(32), retired: false, reversed: false, paired: false, makers: false },
        ],
      ]);
    }, 1_000);
    const first = [lookup('a'), lookup('b'), lookup('a')];
    await new Promise((resolve) => setImmediate(resolve));
    const later = lookup('c');
    expect((await Promise.all(first)).map(Boolean)).toEqual([true, false, true]);
    expect(await later).toBeUndefined();
    expect(asked).toEqual([['a', 'b'], ['c']]);
  });

  test('that cannot be had in time are an error', async () => {
    const lookup = createCredentialLookup(() => Promise.reject(new Error('away')), 0);
    await expect(lookup('a')).rejects.toThrow('away');
  });

  test('are stored as a hash that serves one sensor and one key', () => {
    const secret = createSensorSecret();
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const hashes = [
      hashSensorSecret('k', 'a', secret),
      hashSensorSecret('k', 'b', secret),
      hashSensorSecret('l', 'a', secret),
    ];
    expect(new Set(hashes.map((hash) => hash.toString('hex'))).size).toBe(3);
    expect(hashSensorSecret('k', 'a', Buffer.from(secret))).toEqual(hashes[0]);
  });
});

describe('presence', () => {
  test('keeps the newest word on each sensor, and an old connection’s end is none', async () => {
    const saved: Presence[] = [];
    const keeper = createPresenceKeeper(
      async (presences) => void saved.push(...presences),
      createLogger('silent'),
    );
    keeper.mark({ sensorId: 'a', online: true, connection: '1' });
    keeper.mark({ sensorId: 'a', online: true, connection: '2' });
    keeper.mark({ sensorId: 'a', online: false, connection: '1' });
    keeper.mark({ sensorId: 'b', online: true, connection: '3' });
    keeper.mark({ sensorId: 'b', online: false, connection: '3' });
    await keeper.stop(1_000);
    expect(saved).toEqual([
      { sensorId: 'a', online: true, connection: '2' },
      { sensorId: 'b', online: false, connection: '3' },
    ]);
  });

  test('is saved when the database is back, unless something newer was said', async () => {
    const saved: Presence[] = [];
    let away = true;
    const keeper = createPresenceKeeper(async (presences) => {
      if (away) throw new Error('away');
      saved.push(...presences);
    }, createLogger('silent'));
    keeper.mark({ sensorId: 'a', online: true, connection: '1' });
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    keeper.mark({ sensorId: 'a', online: false, connection: '1' });
    away = false;
    await vi.waitFor(() => expect(saved).toEqual([{ sensorId: 'a', online: false, connection: '1' }]), 3_000);
  });
});

describe('the mark that intake works', () => {
  test('is stamped again and again, also by a clock that runs fast, and not while messages are held', async () => {
    let stamps = 0;
    let heldMs = 0;
    const mark = startStamps({
      touch: async () => {
        stamps += 1;
      },
      clock: createManualClock('2026-11-24T00:00:00Z'),
      logger: createLogger('silent'),
      heldMs: () => heldMs,
    });
    await vi.waitFor(() => expect(stamps).toBeGreaterThan(2));
    heldMs = 60_000;
    const before = stamps;
    await mark.stamp();
    expect(stamps).toBe(before);
    mark.stop();
  });

  test('that fails ends nothing, and is stamped when it works again', async () => {
    let away = true;
    let stamps = 0;
    const mark = startStamps({
      touch: async () => {
        if (away) throw new Error('away');
        stamps += 1;
      },
      clock: systemClock,
      logger: createLogger('silent'),
      heldMs: () => 0,
    });
    await mark.stamp();
    away = false;
    await mark.stamp();
    expect(stamps).toBe(1);
    mark.stop();
  });
});
