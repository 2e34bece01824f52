import type { PublishPacket } from 'aedes';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { Limits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { Session } from './session.ts';

/** What a device said under its own prefix in its maker's words, as it came in. */
export type MakersMessage = {
  sensorId: string;
  topic: string;
  payload: Buffer;
  /** Written when it connected and sent when it went. */
  isWill: boolean;
  /** When the connection began over which it came: what happened before may never have been said. Epoch milliseconds. */
  connectedAt: number;
  redelivered: boolean;
  qos: 0 | 1 | 2;
  /** Epoch milliseconds. */
  receivedAt: number;
};

/** Resolves when what the message comes to is committed; rejects when it could not be. */
export type TakeMakersMessage = (message: MakersMessage) => Promise<void>;

type Ports = {
  take: TakeMakersMessage | undefined;
  logger: Logger;
  limits: Limits;
  metrics: Metrics;
};

export type MakersDoor = {
  /** Whether a topic is a device's own to use as its maker made it. */
  isFor(session: Session, topic: string): boolean;
  /**
   * Hands a message over, in the order of the calls. Never rejects.
   * @returns why it is not to be acknowledged
   */
  hand(
    session: Session,
    packet: PublishPacket,
    as: Pick<MakersMessage, 'isWill' | 'receivedAt'>,
  ): Promise<Error | undefined>;
};

/** Devices of Tasmota, Shelly and ESPHome that sign in here as their sensor and have been told its prefix. */
export function createMakersDoor({ take, logger, limits, metrics }: Ports): MakersDoor {
  return {
    isFor: (session, topic) =>
      take !== undefined &&
      session.makers &&
      topic.startsWith(session.prefix) &&
      topic.length > session.prefix.length &&
      topic !== session.eventTopic &&
      topic !== session.statusTopic,
    async hand({ sensorId, connectedAt }, packet, { isWill, receivedAt }) {
      const message: MakersMessage = {
        sensorId,
        topic: packet.topic,
        payload: packet.payload as Buffer,
        isWill,
        connectedAt,
        redelivered: packet.dup === true,
        qos: packet.qos,
        receivedAt,
      };
      let timer: NodeJS.Timeout | undefined;
      const overdue = new Promise<'overdue'>((resolve) => {
        timer = setTimeout(resolve, limits.ackWaitMs, 'overdue').unref();
      });
      try {
        if ((await Promise.race([take?.(message), overdue])) !== 'overdue') return undefined;
        metrics.refused('ack_overdue');
        return new Error('no commit in time');
      } catch (error) {
        metrics.refused('makers_refused');
        logger.warn({ event: 'broker.makers-message-not-taken', sensor: sensorId, why: reasonOf(error) });
        return new Error('not taken');
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
