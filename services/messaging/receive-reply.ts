import type { Temporal } from 'temporal-polyfill';
import type { IncomingMessage } from '#contracts/gateway.ts';
import { type Choice, chooseAlert, parseReply, type ReplyAction, type UnclearReason } from '#pact/reply.ts';
import type { Language } from '#pact/text/language.ts';
import type { AnswerInput } from '#pact/text/sms.ts';
import { stewardUrl } from '#platform/door-urls.ts';
import { findAlertsPagedTo, type PagedAlert } from '#store/alert/find-alerts.ts';
import type { Db, Tx } from '#store/database.ts';
import { createStewardLink } from '#store/door/steward-link.ts';
import { countHelp, findSender, type Sender } from '#store/message/find-sender.ts';
import { answerReply, type ReplyContext, recordIncoming } from '#store/message/record-incoming.ts';
import { actOnReply } from './act-on-reply.ts';

/** How long after an alert was opened a reply may still speak of it. */
const ALERT_AGE_HOURS = 7 * 24;

/**
 * Answers that change nothing are bounded, so that neither a stranger nor another machine that answers by
 * itself can make us send for ever. What a reply does is always answered.
 */
const MOST_HELP_PER_PHONE_AND_HOUR = 5;
const MOST_FOR_STRANGERS_PER_HOUR = 30;

/** Where nobody knows whose community it is. */
const FALLBACK_EMERGENCY_NUMBER = '120';

export type ReplyKind = ReplyAction | UnclearReason | 'repeated';

/**
 * Takes a message from a phone: keeps it, does what it asks for, and plans the answer, all in one transaction.
 * So it happens wholly or not at all, and the same message twice happens once.
 * @param language of the answer to a stranger
 * @param publicUrl where a steward's page is; without it no link is told
 * @returns what it asked for, or why that could not be told
 */
export async function receiveReply(
  db: Db,
  message: IncomingMessage,
  now: Temporal.Instant,
  language: Language = 'zh-CN',
  publicUrl?: string,
): Promise<ReplyKind> {
  return db.transaction().execute(async (tx) => {
    const replyId = await recordIncoming(tx, { ...message, channel: 'sms' }, now);
    if (!replyId) return 'repeated';
    const alerts = await findAlertsPagedTo(tx, message.phone, now.subtract({ hours: ALERT_AGE_HOURS }));
    const sender = await findSender(tx, message.phone);
    const choice = chooseAlert(parseReply(message.text), alerts);

    const { answer, mustAnswer } = await respond(tx, choice, alerts, sender, now, publicUrl);
    const context = contextOf(choice, alerts, sender);
    const maySend = mustAnswer || (await mayHelp(tx, message.phone, context, now));
    const words = { input: answer, language: alerts[0]?.language ?? sender?.language ?? language };
    await answerReply(tx, replyId, context, maySend ? { phone: message.phone, ...words } : undefined, now);
    return choice.kind === 'chosen' ? choice.action : choice.why;
  });
}

type Response = { answer: AnswerInput; mustAnswer: boolean };

async function respond(
  tx: Tx,
  choice: Choice<PagedAlert>,
  alerts: readonly PagedAlert[],
  sender: Sender | undefined,
  now: Temporal.Instant,
  publicUrl: string | undefined,
): Promise<Response> {
  const emergencyNumber = sender?.emergencyNumber ?? FALLBACK_EMERGENCY_NUMBER;
  if (choice.kind === 'chosen') {
    const answer = await actOnReply(tx, choice.alert, choice.action, emergencyNumber, now);
    return { answer: await withLink(tx, answer, choice.alert, publicUrl, now), mustAnswer: true };
  }
  const help = (answer: AnswerInput): Response => ({ answer, mustAnswer: false });
  const open = alerts.filter((alert) => alert.status !== 'closed');
  const recent = open[0] ?? alerts[0];
  if (!recent) return help(sender ? { kind: 'no_open_alert', emergencyNumber } : { kind: 'stranger' });
  switch (choice.why) {
    case 'several_open':
      return help({ kind: 'several_open', codes: [...new Set(open.map(({ code }) => code))] });
    case 'closed':
      return help({ kind: 'closed', code: choice.code ?? recent.code, emergencyNumber });
    case 'not_understood':
      return help({ kind: 'not_understood', code: recent.code });
    case 'no_open_alert':
      return help({ kind: 'no_open_alert', emergencyNumber });
    case 'unknown_number':
      return help({ kind: 'unknown_number' });
    default:
      return choice.why satisfies never;
  }
}

/** Whoever sets out is told where their page is, in the answer to their own reply. */
async function withLink(
  tx: Tx,
  answer: AnswerInput,
  alert: PagedAlert,
  publicUrl: string | undefined,
  now: Temporal.Instant,
): Promise<AnswerInput> {
  if (answer.kind !== 'acknowledged' || !publicUrl) return answer;
  const { token } = await createStewardLink(tx, alert, now);
  return { ...answer, link: stewardUrl(publicUrl, token) };
}

function contextOf(
  choice: Choice<PagedAlert>,
  alerts: readonly PagedAlert[],
  sender: Sender | undefined,
): ReplyContext {
  if (choice.kind === 'chosen') return choice.alert;
  const communityId = alerts[0]?.communityId ?? sender?.communityId;
  const personId = alerts[0]?.personId ?? sender?.personId;
  return { ...(communityId ? { communityId } : {}), ...(personId ? { personId } : {}) };
}

async function mayHelp(
  tx: Tx,
  phone: string,
  context: ReplyContext,
  now: Temporal.Instant,
): Promise<boolean> {
  const since = now.subtract({ hours: 1 });
  if ((await countHelp(tx, { phone }, since)) >= MOST_HELP_PER_PHONE_AND_HOUR) return false;
  if (context.communityId) return true;
  return (await countHelp(tx, 'strangers', since)) < MOST_FOR_STRANGERS_PER_HOUR;
}
