import type { Temporal } from 'temporal-polyfill';
import type { KeyPress } from '#contracts/gateway.ts';
import { REPLY_ACTIONS } from '#pact/reply.ts';
import type { Language } from '#pact/text/language.ts';
import { spokenAnswer, type VoiceScript, voiceScript } from '#pact/text/voice.ts';
import type { Db, Tx } from '#store/database.ts';
import { type Call, findCall } from '#store/message/find-call.ts';
import { recordIncoming } from '#store/message/record-incoming.ts';
import { recordSighting } from '#store/today/record-sighting.ts';
import { actOnReply } from './act-on-reply.ts';

/** What a call says when somebody picks it up; undefined where there is nothing to say any more. */
export async function findScript(db: Db, key: string): Promise<VoiceScript | undefined> {
  const call = await findCall(db, key);
  return call && !call.isOver ? voiceScript(call.content, call.language) : undefined;
}

/**
 * Does what a key asks for, as a reply by SMS would, all in one transaction: a page's key for its home, a
 * list's for each of its homes, an elder's as a sign of life. The same key of the same call twice is one.
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
    if (!voiceScript(call.content, language).keys.includes(press.digit)) {
      return spokenAnswer('not_understood', language);
    }
    if (call.personId === null) {
      const { householdId } = call;
      if (replyId && householdId) {
        await recordSighting(tx, { householdId, kind: 'called', recordedBy: null }, now);
      }
      return spokenAnswer('elder_heard', language);
    }
    return spokenAnswer(await answerFor(tx, call, press.digit, now), language);
  });
}

/** The answer for the first home speaks for a list: it says the same of each. */
async function answerFor(tx: Tx, call: Call, digit: string, now: Temporal.Instant) {
  const action = REPLY_ACTIONS[Number(digit) - 1];
  if (!action || call.pages.length === 0) return 'not_understood' as const;
  const answers = [];
  for (const page of call.pages) answers.push(await actOnReply(tx, page, action, call.emergencyNumber, now));
  return answers[0] ?? ('not_understood' as const);
}
