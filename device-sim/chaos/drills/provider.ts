import type { Drill } from '../drill.ts';

const slow: Drill = {
  name: 'slow-provider',
  injects: 'the provider takes every message at once and answers 20 s later, for 6 s over the deadline',
  mostRecoveryMs: 5_000,
  async run({ provider, untilDeadline }) {
    await untilDeadline(-1_000);
    provider.network.setLate(20_000);
    await untilDeadline(5_000);
    provider.network.setLate(0);
    return undefined;
  },
};

const failing: Drill = {
  name: 'failing-provider',
  injects:
    'the provider says 503 from a second before the deadline to 2 s after it, then takes ten messages and cuts the line, refuses five with 500 and hangs up on five',
  mostRecoveryMs: 5_000,
  async run({ provider, untilDeadline }) {
    await untilDeadline(-1_000);
    provider.network.setDown(true);
    await untilDeadline(2_000);
    const times = <T>(count: number, mood: T) => Array.from({ length: count }, () => mood);
    provider.network.next(
      ...times(10, { kind: 'accept_and_hang_up' as const }),
      ...times(5, { kind: 'refuse' as const, status: 500, code: 20500 }),
      ...times(5, { kind: 'hang_up' as const }),
    );
    provider.network.setDown(false);
    return undefined;
  },
};

const hanging: Drill = {
  name: 'hanging-provider',
  injects: 'the provider never answers the first 20 messages that fall due',
  mostRecoveryMs: 5_000,
  async run({ provider, untilDeadline }) {
    await untilDeadline(-1_000);
    provider.network.next(...Array.from({ length: 20 }, () => ({ kind: 'never_answer' as const })));
    await untilDeadline(2_000);
    return undefined;
  },
};

export const PROVIDERS: readonly Drill[] = [slow, failing, hanging];
