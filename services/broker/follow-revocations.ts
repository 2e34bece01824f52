import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Service } from '#platform/service.ts';
import { REVOKED_CHANNEL } from '#store/change-feed.ts';
import { type Listener, listen } from '#store/listen.ts';

/** Ends the connection of a sensor that was retired or given another secret, whichever process did it. */
export function createRevocationWatch(
  connectionString: string,
  disconnect: (sensorId: string) => void,
  logger: Logger,
): Service {
  let listener: Listener | undefined;
  return {
    name: 'revocations',
    async start() {
      listener = listen({
        connectionString,
        channel: REVOKED_CHANNEL,
        onNotice: disconnect,
        // A revocation missed meanwhile holds from that sensor's next connection on.
        onGap: () => undefined,
        onError: (error) => logger.warn({ event: 'broker.listen-failed', why: reasonOf(error) }),
      });
    },
    async stop() {
      await listener?.stop();
      listener = undefined;
    },
  };
}
