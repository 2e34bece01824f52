/** What providers tell of a message after they accepted it. `delivered`: the phone, or a living voice, has it. */
export const DELIVERY_STATES = ['accepted', 'delivered', 'read', 'failed'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/**
 * A message's life. `unknown`: accepted, and the provider can or will not say what became of it. `carried`
 * pages stand in another message's list and share its fate.
 */
export const MESSAGE_STATES = [
  'planned',
  'sending',
  'accepted',
  'unknown',
  'failed',
  'delivered',
  'read',
  'received',
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** Better knowledge wins, whatever the order of arrival: a phone that has the message has it. */
const WEIGHT: Readonly<Record<MessageState, number>> = {
  planned: 0,
  sending: 1,
  accepted: 2,
  unknown: 3,
  failed: 4,
  delivered: 5,
  read: 6,
  received: 7,
};

/**
 * The state after a receipt. It does not depend on the order of receipts nor on how often each came, so that
 * lost, doubled and reordered callbacks leave no wrong state behind.
 */
export const afterReceipt = (state: MessageState, receipt: DeliveryState): MessageState =>
  WEIGHT[receipt] > WEIGHT[state] ? receipt : state;

/** Seconds after acceptance at which a message without a receipt is asked for, one after the other; then it is `unknown`. */
export const POLL_AFTER_SECONDS = [60, 120, 240, 480] as const;

/** The way to try next for a person whose message on `failed` will not arrive; undefined when all were tried. */
export function nextChannel<C extends string>(preferred: readonly C[], tried: readonly C[]): C | undefined {
  return preferred.find((channel) => !tried.includes(channel));
}
