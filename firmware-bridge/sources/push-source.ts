import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Push, PushAnswer } from '#contracts/bridge/push.ts';
import type { SourceSetting } from '#store/bridge/setting.ts';
import { challengeOf, verifyOneNet } from '../formats/onenet.ts';
import type { Pipeline } from '../intake/pipeline.ts';
import { Refused } from '../model.ts';

/** Header of a JSON hook: `sha256=` and the hex HMAC-SHA256 of the body under the source's secret. */
const SIGNATURE_HEADER = 'x-pact-signature';

/** Carriers wait two to five seconds; what could not be kept in time they send again. Wall milliseconds. */
const ANSWER_WITHIN_MS = 4_500;

const OK: PushAnswer = { status: 200, body: '' };
const REFUSED: PushAnswer = { status: 403, body: '' };
const AGAIN: PushAnswer = { status: 503, body: '' };

/**
 * Takes one push. It is answered with 200 when what it says is with our broker or durably kept for it; with 403 where it
 * does not prove whom it comes from; with 503 where it must come again.
 */
export async function takePush(
  pipeline: Pick<Pipeline, 'take' | 'hasRoom'>,
  source: SourceSetting | undefined,
  push: Push,
  receivedAt: number,
): Promise<PushAnswer> {
  if (source?.kind !== 'push' || !isAuthentic(source, push)) return REFUSED;
  if (push.method === 'GET') {
    const challenge = source.format === 'onenet' ? challengeOf(push.query) : null;
    return challenge === null ? REFUSED : { status: 200, body: challenge };
  }
  if (!pipeline.hasRoom()) return AGAIN;
  const arrival = { topic: '', payload: push.body, retained: false, receivedAt };
  const taking = pipeline.take(source.id, arrival).then(
    () => OK,
    () => AGAIN,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PushAnswer>((resolve) => {
    timer = setTimeout(() => resolve(AGAIN), ANSWER_WITHIN_MS);
  });
  return Promise.race([taking, late]).finally(() => clearTimeout(timer));
}

/** By what each sender can do: a signature over the body, the carrier's own, or a token in the address. */
function isAuthentic({ format, secret }: SourceSetting, push: Push): boolean {
  if (secret === null || secret === '') return false;
  if (format === 'json_hook') {
    const expected = `sha256=${createHmac('sha256', secret).update(push.body).digest('hex')}`;
    return isSame(push.headers[SIGNATURE_HEADER] ?? '', expected);
  }
  // Its first question carries nothing to prove; its answer gives nothing away.
  if (format === 'onenet') return push.method === 'GET' || isOneNets(push.body, secret);
  return isSame(push.token ?? '', secret);
}

function isOneNets(body: Buffer, token: string): boolean {
  try {
    return verifyOneNet(body, token, (text) => createHash('md5').update(text).digest('base64'));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return false;
  }
}

/** In a time that tells nothing of either. */
const isSame = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
