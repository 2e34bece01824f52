import type { Gateway } from '#contracts/gateway.ts';
import { withSpan } from '#platform/tracing.ts';
import type { MessagingMeters } from './metrics.ts';

type Provider = Parameters<MessagingMeters['refusals']['add']>[1]['provider'];
type Reason = Parameters<MessagingMeters['refusals']['add']>[1]['reason'];

/** The same gateway, whose answers are timed and counted. */
export function measureGateway(gateway: Gateway, meters: MessagingMeters): Gateway {
  const provider = gateway.name as Provider;
  const timed = async <T>(
    request: 'send' | 'find' | 'poll',
    ask: () => Promise<T>,
    isRefused: (answer: T) => boolean = () => false,
  ): Promise<T> => {
    const startedAt = performance.now();
    const done = (outcome: 'ok' | 'refused' | 'failed') =>
      meters.providerSeconds.observe((performance.now() - startedAt) / 1_000, { provider, request, outcome });
    try {
      const answer = await withSpan(`provider.${request}`, { provider: gateway.name }, ask);
      done(isRefused(answer) ? 'refused' : 'ok');
      return answer;
    } catch (error) {
      done('failed');
      throw error;
    }
  };
  const { poll } = gateway;
  return {
    ...gateway,
    async send(dispatch) {
      const result = await timed(
        'send',
        () => gateway.send(dispatch),
        (answer) => !answer.ok,
      );
      if (!result.ok) meters.refusals.add(1, { provider, reason: result.reason as Reason });
      return result;
    },
    find: (dispatch, isAnothers) => timed('find', () => gateway.find(dispatch, isAnothers)),
    ...(poll ? { poll: (sent) => timed('poll', () => poll.call(gateway, sent)) } : {}),
  };
}
