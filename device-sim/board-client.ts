import type { TodayChange, TodayView } from '#contracts/http/today.ts';
import { sleep } from '#platform/sleep.ts';

/** What a program sees of a community's morning, first whole and then as it changes. */
export type MorningUpdate = Pick<TodayChange, 'now' | 'counts' | 'homes' | 'alerts' | 'messages'>;

/** The board's own HTTP interface, with a bearer token. */
export type BoardClient = {
  today(): Promise<TodayView>;
  /** Hands on every update in order until `signal` aborts; after a broken stream it begins with the whole again. */
  follow(onUpdate: (update: MorningUpdate) => void, signal: AbortSignal): Promise<void>;
  /** A steward who was quicker is no fault. */
  recordOutcome(alertId: string, outcome: string): Promise<void>;
};

export function createBoardClient(url: string, token: string): BoardClient {
  const call = async (
    method: 'GET' | 'POST',
    path: string,
    options: { body?: object; signal?: AbortSignal; mayBe?: number } = {},
  ) => {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(options.body ? { 'content-type': 'application/json' } : {}),
      },
      ...(options.body ? { body: JSON.stringify(options.body) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    if (!response.ok && response.status !== options.mayBe)
      throw new Error(`${method} ${path} was answered with ${response.status}: ${await response.text()}`);
    return response;
  };
  const today = async () => (await (await call('GET', 'today')).json()) as TodayView;

  return {
    today,
    async follow(onUpdate, signal) {
      while (!signal.aborted) {
        try {
          // Listening begins before the whole is read, so that nothing falls between the two.
          const stream = await call('GET', 'stream', { signal });
          onUpdate(await today());
          for await (const event of readEvents(stream)) {
            if (event.name === 'change') onUpdate(JSON.parse(event.data) as TodayChange);
            if (event.name === 'resync') onUpdate(await today());
          }
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof TypeError)) throw error;
        }
        await sleep(200, signal);
      }
    },
    async recordOutcome(alertId, outcome) {
      await call('POST', `alerts/${alertId}/outcome`, { body: { outcome }, mayBe: 409 });
    },
  };
}

/** Server-sent events (WHATWG HTML §9.2), as far as our own stream uses them. */
async function* readEvents(response: Response): AsyncGenerator<{ name: string; data: string }> {
  if (!response.body) return;
  let buffer = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    buffer += chunk.replaceAll('\r\n', '\n');
    for (let end = buffer.indexOf('\n\n'); end >= 0; end = buffer.indexOf('\n\n')) {
      const fields = buffer.slice(0, end).split('\n');
      buffer = buffer.slice(end + 2);
      const valuesOf = (key: string) =>
        fields
          .filter((field) => field.startsWith(`${key}:`))
          .map((field) => field.slice(key.length + 1).replace(/^ /, ''));
      yield { name: valuesOf('event').at(-1) ?? 'message', data: valuesOf('data').join('\n') };
    }
  }
}
