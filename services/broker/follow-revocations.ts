import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Service } from '#platform/service.ts';
import { REVOKED_CHANNEL } from '#store/change-feed.ts';
import { type Listener, listen } from '#store/listen.ts';

/** Ends the connection of a sensor that was retired, turned round or given another secret, whichever process did it. */
export function createRevocationWatch(
  connectionString: string,
  broker: { disconnect(sensorId: string): void; recheck(): Promise<void> },
  logger: Logger,
): Service {
  let listener: Listener | undefined;
  const warn = (error: unknown) => logger.warn({ event: 'broker.listen-failed', why: reasonOf(error) });
  return {
    name: 'revocations',
    async start() {
      listener = listen({
        connectionString,
        channel: REVOKED_CHANNEL,
        onNotice: (sensorId) => broker.disconnect(sensorId),
        // What was announced meanwhile is lost.
        onGap: () => void broker.recheck().catch(warn),
        onError: warn,
      });
    },
    async stop() {
      await listener?.stop();
      listener = undefined;
    },
  };
}
