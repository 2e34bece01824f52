import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterReceipt,
  DELIVERY_STATES,
  type DeliveryState,
  type MESSAGE_STATES,
  nextChannel,
} from './delivery.ts';

const receipts = fc.array(fc.constantFrom(...DELIVERY_STATES), { maxLength: 8 });
const settled = (states: readonly DeliveryState[]) =>
  states.reduce(afterReceipt, 'sending' as (typeof MESSAGE_STATES)[number]);

describe('receipts', () => {
  it('come to the same in any order and however often each came', () => {
    fc.assert(
      fc.property(receipts, fc.infiniteStream(fc.nat()), (states, numbers) => {
        const keys = states.map(() => numbers.next().value as number);
        const shuffled = states
          .map((state, index) => ({ state, key: keys[index] ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ state }) => state);
        expect(settled([...shuffled, ...states])).toBe(settled(states));
      }),
    );
  });

  it('never make a message that arrived one that failed', () => {
    expect(settled(['delivered', 'failed', 'accepted'])).toBe('delivered');
    expect(settled(['failed', 'accepted'])).toBe('failed');
    expect(settled(['read', 'delivered'])).toBe('read');
  });

  it('may tell late of what was given up as unknown', () => {
    expect(afterReceipt('unknown', 'accepted')).toBe('unknown');
    expect(afterReceipt('unknown', 'delivered')).toBe('delivered');
  });
});

describe('the next channel of a person', () => {
  it('is the first that was not tried yet, in the order that they like', () => {
    expect(nextChannel(['sms', 'voice', 'robot'], ['sms'])).toBe('voice');
    expect(nextChannel(['voice', 'sms'], ['sms'])).toBe('voice');
    expect(nextChannel(['sms'], ['sms'])).toBeUndefined();
  });
});
