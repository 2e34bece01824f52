import { REPLY_ACTIONS, type ReplyAction } from '../reply.ts';
import type { MissReason } from '../verdict.ts';
import type { PageDetail, PageInput } from './sms.ts';

/** Whether nobody can tell how the elder is, because the sensor cannot (invariant 5). */
export const isSensorMute = (reason: MissReason): boolean =>
  reason === 'sensor_silent' || reason === 'never_reported';

/** The answers that a page offers, the indispensable ones alone where room is short. */
export function offeredActions(input: PageInput, detail: PageDetail): readonly ReplyAction[] {
  if (input.emergency) return ['acknowledge', 'safe'];
  const indispensable: ReplyAction[] = ['acknowledge', 'safe', 'emergency'];
  if (!detail.allActions || input.role === 'neighbour' || input.role === 'office') return indispensable;
  return [...indispensable, isSensorMute(input.reason) ? 'sensor' : 'cannot_go'];
}

export const digitOf = (action: ReplyAction): string => String(REPLY_ACTIONS.indexOf(action) + 1);
