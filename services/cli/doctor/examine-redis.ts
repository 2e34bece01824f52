import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import { PactError } from '#platform/errors.ts';
import { checkRedis } from '../../escalation/redis.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

/** Whether the Redis that jobs live in is there, and forgets none. */
export async function examineRedis({ redisUrl }: Config, text: DoctorText): Promise<Finding[]> {
  if (!redisUrl) return [];
  try {
    await checkRedis(redisUrl, 0);
    return [ok('redis', text.redis())];
  } catch (error) {
    if (!(error instanceof PactError)) throw error;
    return [
      error.code === 'REDIS_UNSAFE'
        ? fail('redisUnsafe', text.redisUnsafe())
        : warn('redisAway', text.redisAway()),
    ];
  }
}
