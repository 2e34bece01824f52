import type { Temporal } from 'temporal-polyfill';
import type { TalkEnd } from '#contracts/gateway.ts';
import type { Language } from '#pact/text/language.ts';
import { spokenAnswer, type VoiceScript } from '#pact/text/voice.ts';
import { changeAlert } from '#store/alert/change-alert.ts';
import type { Db } from '#store/database.ts';
import { isTalkKnown } from '#store/message/ask-for-talk.ts';
import { findCall } from '#store/message/find-call.ts';

/** Seconds below which nobody has spoken: a greeting, a wrong key, a machine that was cut off. */
const LEAST_TALK_SECONDS = 10;

/**
 * Two people have spoken, or not. It stands in the timeline and settles nothing: whoever spoke is asked how the
 * elder is. The same end of the same call twice is one.
 * @returns what the call says next
 */
export async function endTalk(
  db: Db,
  { key, providerId, seconds }: TalkEnd,
  now: Temporal.Instant,
  fallback: Language,
): Promise<VoiceScript> {
  return db.transaction().execute(async (tx) => {
    const call = await findCall(tx, key);
    if (!call?.alertId || !call.personId) return spokenAnswer('not_understood', call?.language ?? fallback);
    const { alertId, personId, language } = call;
    if (seconds < LEAST_TALK_SECONDS) return spokenAnswer('not_spoken', language);
    if (!(await isTalkKnown(tx, alertId, { call: providerId }))) {
      await changeAlert(tx, alertId, { kind: 'talk', by: personId, seconds, call: providerId }, now);
    }
    return spokenAnswer('after_talk', language);
  });
}
