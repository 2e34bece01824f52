import type { Dispatch, Gateway } from '#contracts/gateway.ts';
import type { MessageContent } from '#pact/text/content.ts';
import type { Clock } from '#platform/clock.ts';
import { PactError } from '#platform/errors.ts';
import type { Db } from '#store/database.ts';
import { findRobotAddress } from '#store/register/robot.ts';
import { judgeAnswer, ROBOT_FORMATS, type RobotRequest } from './formats.ts';

export type RobotOptions = {
  timeoutMs?: number;
  /** For tests: a robot on this machine may be spoken to without TLS. */
  allowsLoopback?: boolean;
};

export const ROBOT = 'robot';
const TIMEOUT_MS = 5_000;
/** Answers are one line; whatever is longer is not read. */
const MOST_ANSWER_BYTES = 16 * 1024;

/**
 * Speaks in a group by its robot, whose address is in the register. What it accepted it has said in the group;
 * it cannot be asked for it later, so that a message whose answer was lost is said again.
 */
export function createRobotGateway(
  db: Db,
  clock: Clock,
  { timeoutMs = TIMEOUT_MS, allowsLoopback = false }: RobotOptions = {},
): Gateway {
  return {
    name: ROBOT,
    channel: 'robot',
    leaseMs: 20_000,
    async send({ key, to, text, content }: Dispatch) {
      const robot = await findRobotAddress(db, to);
      if (!robot) return { ok: false, lasting: 'permanent', code: 'robot', reason: 'robot_removed' };
      if (!mayCall(robot.url, allowsLoopback)) {
        return { ok: false, lasting: 'permanent', code: 'address', reason: 'robot_refused' };
      }
      const speech = { key, text, kind: content.kind, isUrgent: isUrgent(content), at: clock.now() };
      const { status, body } = await post(ROBOT_FORMATS[robot.format].request(speech, robot), timeoutMs);
      const judged = judgeAnswer(robot.format, status, body);
      if (judged === 'unknown') return throwUnknown(status);
      // Seen by the group at once; who of it has read it nobody tells.
      return judged.ok ? { ok: true, providerId: key } : judged;
    },
    find: async () => undefined,
  };
}

/** Redirects are not followed: an address that was allowed may not lead to another one. */
async function post(
  { url, headers, body }: RobotRequest,
  timeoutMs: number,
): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await readSome(response) };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return throwUnknown();
    throw error;
  }
}

async function readSome(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > MOST_ANSWER_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function mayCall(address: string, allowsLoopback: boolean): boolean {
  const url = URL.parse(address);
  if (!url || url.username || url.password) return false;
  return url.protocol === 'https:' || (allowsLoopback && url.hostname === '127.0.0.1');
}

const isUrgent = (content: MessageContent): boolean => content.kind === 'page' && content.page.emergency;

/** The address is not told: whoever has it can speak in the group. */
function throwUnknown(status?: number): never {
  const what = status ? `answered with status ${status}` : 'did not answer';
  throw new PactError('PROVIDER_UNREACHABLE', `A robot ${what}.`, {
    hint: 'We try again by ourselves. If it lasts, look at the line out and at the robot in its group.',
  });
}
