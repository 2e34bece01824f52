import type { Client } from 'aedes';
import { eventTopic, ownPrefix, statusTopic } from '#contracts/mqtt/topics.ts';
import type { Credentials } from '#store/sensor/load-credentials.ts';

/** A connection whose sensor is known. */
export type Session = {
  readonly client: Client;
  readonly sensorId: string;
  /** Mounted the other way round, as known when it connected; whoever changes it ends the connection. */
  readonly reversed: boolean;
  /** Its device speaks as its maker made it, as known when it connected. */
  readonly makers: boolean;
  /** By which it was let in. */
  readonly secretHash: Buffer;
  /** What all its own topics begin with. */
  readonly prefix: string;
  readonly eventTopic: string;
  readonly statusTopic: string;
  /** Names this connection to this broker. */
  readonly connection: string;
  /** When it was let in. Epoch milliseconds. */
  readonly connectedAt: number;
  /** Messages without an acknowledgement. */
  pending: number;
  /** Messages over the rate, in their order. */
  held: { release: () => void; dueAt: number }[];
  holdTimer: NodeJS.Timeout | undefined;
  suspend(suspended: boolean): void;
};

export type Sessions = {
  open(
    client: Client,
    sensorId: string,
    as: Pick<Credentials, 'reversed' | 'makers' | 'secretHash'>,
  ): Session;
  of(client: Client | null): Session | undefined;
  /** The connection of a sensor, if it has one here. */
  find(sensorId: string): Session | undefined;
  /** Every sensor that is connected here. */
  all(): Iterable<Session>;
  connected(client: Client): Session | undefined;
  /** The session, when it was the sensor's present one. */
  closed(client: Client): Session | undefined;
};

export function createSessions(
  brokerId: string,
  ports: { gateOf: (client: Client) => Session['suspend']; nowMs: () => number },
): Sessions {
  const byClient = new WeakMap<Client, Session>();
  const bySensor = new Map<string, Session>();
  let count = 0;
  return {
    open(client, sensorId, { reversed, makers, secretHash }) {
      count += 1;
      const session: Session = {
        client,
        sensorId,
        reversed,
        makers,
        secretHash,
        prefix: ownPrefix(sensorId),
        eventTopic: eventTopic(sensorId),
        statusTopic: statusTopic(sensorId),
        connection: `${brokerId}/${count}`,
        connectedAt: ports.nowMs(),
        pending: 0,
        held: [],
        holdTimer: undefined,
        suspend: ports.gateOf(client),
      };
      byClient.set(client, session);
      return session;
    },
    of: (client) => (client ? byClient.get(client) : undefined),
    find: (sensorId) => bySensor.get(sensorId),
    all: () => bySensor.values(),
    connected(client) {
      const session = byClient.get(client);
      if (session) bySensor.set(session.sensorId, session);
      return session;
    },
    closed(client) {
      const session = byClient.get(client);
      if (!session) return undefined;
      if (bySensor.get(session.sensorId) === session) bySensor.delete(session.sensorId);
      return session;
    },
  };
}
