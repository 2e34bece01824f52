import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMS_TEMPLATE_NAMES } from '#pact/text/sms-templates.ts';
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

describe('the settings of Aliyun', () => {
  const all = Object.fromEntries(SMS_TEMPLATE_NAMES.map((name, n) => [name, `SMS_${n}`]));
  const list = (codes: Record<string, string>) =>
    Object.entries(codes)
      .map((pair) => pair.join('='))
      .join(',');
  const whole = {
    ALIYUN_ACCESS_KEY_ID: 'LTAI',
    ALIYUN_ACCESS_KEY_SECRET: 'secret',
    ALIYUN_SMS_SIGN: '窗帘之约',
    ALIYUN_SMS_TEMPLATES: list(all),
    ALIYUN_PUSH_TOKEN: 'x'.repeat(32),
  };
  const messageOf = (env: Record<string, string>) => {
    try {
      loadConfig(env);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('are taken whole', () => {
    expect(loadConfig(whole).aliyun).toMatchObject({ sign: '窗帘之约', templates: all });
    expect(loadConfig({}).aliyun).toBeUndefined();
  });

  it('are refused when one of the group is missing, and say which', () => {
    for (const key of Object.keys(whole)) expect(problemsOf({ ...whole, [key]: '' })).toEqual([key]);
  });

  it('name the template that has no code', () => {
    const { list: _, stand_down: __, ...rest } = all;
    const message = messageOf({ ...whole, ALIYUN_SMS_TEMPLATES: list(rest) });
    expect(message).toContain('ALIYUN_SMS_TEMPLATES: has no code for list, stand_down');
  });

  it('take no token that no path of ours is long enough for', () => {
    expect(problemsOf({ ...whole, ALIYUN_PUSH_TOKEN: 'x'.repeat(97) })).toEqual(['ALIYUN_PUSH_TOKEN']);
  });

  it('take no short token, no bracketed signature and no unknown template', () => {
    const wrong = {
      ...whole,
      ALIYUN_PUSH_TOKEN: 'x'.repeat(31),
      ALIYUN_SMS_SIGN: '【窗帘】',
      ALIYUN_SMS_TEMPLATES: `${list(all)},page_secret=SMS_1`,
    };
    expect(problemsOf(wrong).toSorted()).toEqual([
      'ALIYUN_PUSH_TOKEN',
      'ALIYUN_SMS_SIGN',
      'ALIYUN_SMS_TEMPLATES',
    ]);
    expect(messageOf(wrong)).not.toContain('page_secret');
  });
});

describe('a secret in a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'curtain-pact-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('stands for its key, without the line end', async () => {
    const file = join(folder, 'secret');
    await writeFile(file, `${'x'.repeat(40)}\n`);
    expect(loadConfig({ PACT_SECRET_FILE: file }).secret).toBe('x'.repeat(40));
  });

  it('is refused beside the key, where it is empty or is not there, by key and never by content', async () => {
    const empty = join(folder, 'empty');
    await writeFile(empty, '\n');
    expect(
      problemsOf({
        PACT_SECRET: 'y'.repeat(40),
        PACT_SECRET_FILE: empty,
        REDIS_URL_FILE: empty,
        DATABASE_URL_FILE: join(folder, 'nowhere'),
      }),
    ).toEqual(['DATABASE_URL_FILE', 'REDIS_URL_FILE', 'PACT_SECRET_FILE']);
  });
});
