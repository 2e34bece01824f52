import type { ChildProcess, Serializable } from 'node:child_process';
import { once } from 'node:events';

/**
 * Has a load generator, a process of its own that answers each order with one message, do something.
 * @param order none where it says something by itself, once it is there
 * @returns its answer
 * @throws Error where it ends instead
 */
export async function ask(generator: ChildProcess, order?: Serializable): Promise<unknown> {
  const listening = new AbortController();
  const { signal } = listening;
  try {
    const answered = once(generator, 'message', { signal });
    const ended = once(generator, 'exit', { signal }).then(() => {
      throw new Error('the load generator has ended');
    });
    if (order !== undefined) generator.send(order);
    const [answer] = await Promise.race([answered, ended]);
    return answer;
  } finally {
    // A generator answers hundreds of orders and ends once: what listened for its end goes with the answer.
    listening.abort();
  }
}
