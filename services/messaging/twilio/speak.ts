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

/**
 * A script as TwiML: its lines, the slow ones slowly, and where it asks for a key, twice. Then the call ends.
 * @param keyUrl where a key is brought
 */
export async function speak(script: VoiceScript, keyUrl?: string): Promise<string> {
  const { default: twilio } = await import('twilio');
  const response = new twilio.twiml.VoiceResponse();
  const say = (into: Pick<typeof response, 'say'>, { text, slow }: VoiceLine) => {
    const said = into.say(VOICES[script.language], slow ? '' : text);
    if (slow) said.prosody({ rate: 'slow' }, text);
  };
  const asks = script.keys.length > 0 && keyUrl !== undefined;
  for (let round = 0; round < (asks ? 2 : 1); round += 1) {
    const into = asks
      ? response.gather({
          action: keyUrl,
          numDigits: 1,
          input: ['dtmf'],
          finishOnKey: '',
          timeout: KEY_SECONDS,
        })
      : response;
    for (const line of script.lines) say(into, line);
  }
  response.hangup();
  return response.toString();
}
