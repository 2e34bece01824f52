import type { Temporal } from 'temporal-polyfill';
import type { KeyPress } from '#contracts/gateway.ts';
import { REPLY_ACTIONS } from '#pact/reply.ts';
import type { Language } from '#pact/text/language.ts';
import { type SpokenWord, spokenAnswer, type VoiceScript, voiceScript } from '#pact/text/voice.ts';
import type { Db, Tx } from '#store/database.ts';
import { askForTalk, isTalkKnown } from '#store/message/ask-for-talk.ts';
import { type Call, findCall } from '#store/message/find-call.ts';
import { recordIncoming } from '#store/message/record-incoming.ts';
import { recordSighting } from '#store/today/record-sighting.ts';
import { actOnReply } from './act-on-reply.ts';

/** What a call says when somebody picks it up; undefined where there is no such call. */
export async function findScript(db: Db, key: string): Promise<VoiceScript | undefined> {
  const call = await findCall(db, key);
  if (!call) return undefined;
  if (call.isOver) return spokenAnswer(call.personId === null ? 'settled_elder' : 'settled', call.language);
  return voiceScript(call.content, call.language);
}

/**
 * Does what a key asks for, as a reply by SMS would, all in one transaction: a page's key for its home, a
 * list's for each of its homes, an elder's as a sign of life or a wish to speak. The same key of the same call
 * twice is one.
 * @returns what the call says next
 */
export async function pressKey(
  db: Db,
  press: KeyPress,
  now: Temporal.Instant,
  fallback: Language,
): Promise<VoiceScript> {
  return db.transaction().execute(async (tx) => {
    const call = await findCall(tx, press.key);
    if (!call) return spokenAnswer('not_understood', fallback);
    const { language } = call;
    const replyId = await recordIncoming(
      tx,
      {
        provider: press.provider,
        providerId: `${press.providerId}/${press.digit}`,
        channel: 'voice',
        phone: call.phone,
        text: press.digit,
      },
      now,
      call,
    );
    if (isAskedToTalk(call)) return talkKey(tx, call, press.digit, replyId, now);
    if (!voiceScript(call.content, language).keys.includes(press.digit)) {
      return spokenAnswer('not_understood', language);
    }
    if (call.personId === null) {
      return spokenAnswer(await elderKey(tx, call, press.digit, replyId, now), language);
    }
    return spokenAnswer(await answerFor(tx, call, press.digit, now), language);
  });
}

/** The elder's own: 1 is a sign of life, 2 a wish to speak to somebody. */
async function elderKey(
  tx: Tx,
  { householdId, alertId }: Call,
  digit: string,
  replyId: string | undefined,
  now: Temporal.Instant,
): Promise<SpokenWord> {
  if (digit === '1') {
    if (replyId && householdId) {
      await recordSighting(tx, { householdId, kind: 'called', recordedBy: null }, now);
    }
    return 'elder_heard';
  }
  if (!alertId || !replyId) return 'elder_called_back';
  return (await askForTalk(tx, { alertId, replyId }, now)) ? 'elder_called_back' : 'settled_elder';
}

const isAskedToTalk = ({ content }: Call) =>
  content.kind === 'notice' && content.notice.kind === 'elder_asks';

/**
 * Of somebody whom the elder asked for: 1 puts them through; after they have spoken 2 says that the elder is
 * well, which counts where the pact takes a word by phone, and 3 calls for help.
 */
async function talkKey(
  tx: Tx,
  call: Call,
  digit: string,
  replyId: string | undefined,
  now: Temporal.Instant,
): Promise<VoiceScript> {
  const { language, alertId, personId, householdId, elderPhone, content, emergencyNumber } = call;
  if (
    !alertId ||
    !personId ||
    !householdId ||
    content.kind !== 'notice' ||
    content.notice.kind !== 'elder_asks'
  ) {
    return spokenAnswer('not_understood', language);
  }
  if (digit === '1') {
    return elderPhone
      ? { ...spokenAnswer('putting_through', language), putThrough: elderPhone }
      : spokenAnswer('not_spoken', language);
  }
  if (digit === '3') {
    const { code } = content.notice;
    const page = { alertId, personId, householdId, code };
    return spokenAnswer(await actOnReply(tx, page, 'emergency', emergencyNumber, now), language);
  }
  // Well is only said by somebody who has spoken: a key pressed too early says nothing.
  if (digit !== '2' || !(await isTalkKnown(tx, alertId, { personId }))) {
    return spokenAnswer('not_understood', language);
  }
  if (!call.acceptsCalls) return spokenAnswer('talk_noted', language);
  if (replyId) await recordSighting(tx, { householdId, kind: 'called', recordedBy: null }, now);
  return spokenAnswer('talk_counts', language);
}

/** The answer for the first home speaks for a list: it says the same of each. */
async function answerFor(tx: Tx, call: Call, digit: string, now: Temporal.Instant) {
  const action = REPLY_ACTIONS[Number(digit) - 1];
  if (!action || call.pages.length === 0) return 'not_understood' as const;
  const answers = [];
  for (const page of call.pages) answers.push(await actOnReply(tx, page, action, call.emergencyNumber, now));
  return answers[0] ?? ('not_understood' as const);
}
