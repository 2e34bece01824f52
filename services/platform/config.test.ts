import { describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';

const ACCOUNT = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-token-of-the-tests' };
const problemsOf = (env: Record<string, string>): string[] => {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    return (error as { details: string[] }).details.map((line) => line.split(':')[0] ?? '');
  }
};

describe('the settings of Twilio', () => {
  it('pace an ordinary number, and name its API only where it is another', () => {
    expect(loadConfig({ ...ACCOUNT, TWILIO_FROM: '+15005550006' }).twilio).toMatchObject({
      perSecond: 10,
      callsPerSecond: 1,
      apiUrl: undefined,
      voiceFrom: undefined,
      previousAuthToken: undefined,
    });
  });

  it.each([
    ['half an account', { TWILIO_ACCOUNT_SID: ACCOUNT.TWILIO_ACCOUNT_SID }, ['TWILIO_AUTH_TOKEN']],
    ['no sender', ACCOUNT, ['TWILIO_FROM']],
    ['a caller without an account', { TWILIO_VOICE_FROM: '+15005550006' }, ['TWILIO_ACCOUNT_SID']],
    [
      'a caller that is a name, and a pace of nothing',
      { ...ACCOUNT, TWILIO_FROM: 'CURTAIN', TWILIO_VOICE_FROM: 'CURTAIN', TWILIO_PER_SECOND: '0' },
      ['TWILIO_VOICE_FROM', 'TWILIO_PER_SECOND'],
    ],
  ])('are refused with %s, by key and never by value', (_, env, keys) => {
    expect(problemsOf(env as Record<string, string>)).toEqual(keys);
  });
});
