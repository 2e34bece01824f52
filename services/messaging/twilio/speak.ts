import type { Language } from '#pact/text/language.ts';
import type { VoiceLine, VoiceScript } from '#pact/text/voice.ts';

/**
 * Voices that Twilio speaks with; both know `<prosody rate>`.
 * Source: https://www.twilio.com/docs/voice/twiml/say/text-speech#available-voices-and-languages
 */
const VOICES = {
  'zh-CN': { voice: 'Polly.Zhiyu', language: 'cmn-CN' },
  en: { voice: 'Polly.Joanna', language: 'en-US' },
} as const satisfies Record<Language, { voice: string; language: string }>;

/** Seconds to find the key on a phone that is held to the ear. */
const KEY_SECONDS = 8;

/** Seconds that the other phone rings, and that two people may speak. */
const RING_SECONDS = 30;
const MOST_TALK_SECONDS = 900;

/** Where a call goes on: a key is brought to one address, the end of a talk to the other. */
export type SpeakUrls = { key: string; talked: string; callerId: string };

/**
 * A script as TwiML: its lines, the slow ones slowly, and where it asks for a key, twice. Then the call ends, or
 * is put through; the other phone's ringing is heard meanwhile, and after the talk this phone is asked again.
 * Source: https://www.twilio.com/docs/voice/twiml/dial
 */
export async function speak(script: VoiceScript, urls?: SpeakUrls): Promise<string> {
  const { default: twilio } = await import('twilio');
  const response = new twilio.twiml.VoiceResponse();
  const say = (into: Pick<typeof response, 'say'>, { text, slow }: VoiceLine) => {
    const said = into.say(VOICES[script.language], slow ? '' : text);
    if (slow) said.prosody({ rate: 'slow' }, text);
  };
  const asks = script.keys.length > 0 && urls !== undefined;
  for (let round = 0; round < (asks ? 2 : 1); round += 1) {
    const into = asks
      ? response.gather({
          action: urls.key,
          numDigits: 1,
          input: ['dtmf'],
          finishOnKey: '',
          timeout: KEY_SECONDS,
        })
      : response;
    for (const line of script.lines) say(into, line);
  }
  if (script.putThrough && urls) {
    const dial = response.dial({
      action: urls.talked,
      callerId: urls.callerId,
      timeout: RING_SECONDS,
      timeLimit: MOST_TALK_SECONDS,
      answerOnBridge: true,
      // Whoever has heard enough ends the talk with a star and is asked.
      hangupOnStar: true,
    });
    dial.number(script.putThrough);
  } else {
    response.hangup();
  }
  return response.toString();
}
