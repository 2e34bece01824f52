/** What somebody pushes to us, and what it did with our answer. */
export type Pushed = { body: string; attempts: number; status: number | undefined };

export type PushLine = {
  /** Every push so far, in order. */
  readonly pushed: readonly Pushed[];
  /** Resolves when it was taken, or given up. */
  push(body: string): Promise<Pushed>;
};

export type PushOptions = {
  /** Where to, with what it needs to be let in. */
  url: string;
  /** How often it tries again when the answer is anything but 200. */
  retries: number;
  /** How long it waits for an answer, in milliseconds on the wall. */
  patienceMs?: number;
  headers?: (body: string) => Record<string, string>;
};

/** The sending half of an HTTP push: the same bytes again until they are taken or it gives up. */
export function createPushLine({ url, retries, patienceMs = 2_000, headers }: PushOptions): PushLine {
  const pushed: Pushed[] = [];

  async function attempt(body: string): Promise<number | undefined> {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers?.(body) },
        body,
        signal: AbortSignal.timeout(patienceMs),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      // Nobody there, or too slow: to whoever pushes that is one failure like another.
      if (error instanceof TypeError || (error as Error).name === 'TimeoutError') return undefined;
      throw error;
    }
  }

  return {
    pushed,
    async push(body) {
      const one: Pushed = { body, attempts: 0, status: undefined };
      pushed.push(one);
      while (one.attempts <= retries && one.status !== 200) {
        one.attempts += 1;
        one.status = await attempt(body);
      }
      return one;
    },
  };
}
