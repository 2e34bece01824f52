import type { Receipt } from '#contracts/gateway.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#store/database.ts';
import { recordReceipt, takeUnreceipted } from '#store/message/record-receipt.ts';
import type { Gateways } from './gateways.ts';

/** Enough to ask for a storm's pages in one round. */
const MOST_POLLED = 200;

/**
 * Asks providers what became of messages whose receipt is overdue: callbacks get lost.
 * @returns how many were asked for
 */
export async function pollReceipts(
  db: Db,
  gateways: Gateways,
  clock: Clock,
  onFault: (error: unknown, key: string) => void,
  onReceipt: (receipt: Receipt) => void = () => {},
): Promise<number> {
  const overdue = await takeUnreceipted(db, clock.now(), MOST_POLLED);
  for (const sent of overdue) {
    const gateway = gateways.all.find(({ name }) => name === sent.provider);
    try {
      const receipt = await gateway?.poll?.(sent);
      if (!receipt) continue;
      onReceipt(receipt);
      await recordReceipt(db, receipt, clock.now());
    } catch (error) {
      // It is asked for again at its next time.
      onFault(error, sent.key);
    }
  }
  return overdue.length;
}
