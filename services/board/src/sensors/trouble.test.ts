import { describe, expect, it } from 'vitest';
import type { SensorView } from '#contracts/http/register/sensor.ts';
import { byTrouble, heardOf, weightOf } from './trouble.ts';

const NOW = Date.parse('2026-11-24T06:00:00Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const sensor = (parts: Partial<SensorView> = {}): SensorView => ({
  ...{ id: 's-1', householdId: 'h-1', communityId: 'c-1', code: '7', salutation: '王奶奶', kind: 'contact' },
  ...{ building: '3栋', unit: '2单元', room: '501' },
  ...{ silenceMinutes: 90, openPercent: 50, gateway: null, reversed: false, polarityTestedAt: null },
  ...{ enrolledAt: ago(10_000), retiredAt: null, curtain: 'open', curtainAt: null, lastSeenAt: ago(5) },
  ...{ online: true, battery: 90, firmware: null, quarantined: 0, tickets: [], deviceId: null },
  ...parts,
});

describe('a sensor', () => {
  it.each([
    [{ lastSeenAt: ago(89) }, 'fresh'],
    [{ lastSeenAt: ago(91) }, 'late'],
    [{ lastSeenAt: ago(181) }, 'lost'],
    [{ lastSeenAt: ago(600), silenceMinutes: 1500 }, 'fresh'],
    [{ lastSeenAt: null, enrolledAt: ago(60) }, 'waiting'],
    [{ lastSeenAt: null, enrolledAt: ago(95) }, 'lost'],
  ] as const)('%o is heard %s', (parts, heard) => {
    expect(heardOf(sensor(parts), NOW)).toBe(heard);
  });

  it('that protects nobody stands before one that soon will not, and that before one that is well', () => {
    const list = [
      sensor({ id: 'well', code: '1' }),
      sensor({ id: 'unread', code: '2', quarantined: 3 }),
      sensor({ id: 'low-12', code: '12', battery: 15 }),
      sensor({ id: 'low-3', code: '3', battery: 20 }),
      sensor({ id: 'off', code: '4', tickets: ['tamper'] }),
      sensor({ id: 'late', code: '5', lastSeenAt: ago(100) }),
      sensor({ id: 'lost', code: '6', lastSeenAt: null }),
    ];
    expect(byTrouble(list, NOW).map(({ id }) => id)).toEqual([
      'lost',
      'late',
      'off',
      'low-3',
      'low-12',
      'unread',
      'well',
    ]);
    expect(weightOf(sensor(), NOW)).toBe(0);
  });
});
