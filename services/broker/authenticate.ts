import { timingSafeEqual } from 'node:crypto';
import type { AuthenticateError, Client } from 'aedes';
import { isSensorId } from '#contracts/mqtt/topics.ts';
import { BRIDGE_USERNAME, bridgePassword } from '#platform/bridge-password.ts';
import { hashSensorSecret } from '#platform/sensor-secret.ts';
import type { AddressThrottle } from './address-throttle.ts';
import { forceClientId } from './aedes-internals.ts';
import type { BridgeDoor } from './bridge-door.ts';
import type { CredentialLookup } from './credential-lookup.ts';
import type { Pass } from './door.ts';
import type { Metrics, RefusalReason } from './metrics.ts';
import type { Sessions } from './session.ts';

const SERVER_UNAVAILABLE = 3;
const NOT_AUTHORIZED = 5;
const NOBODY = Buffer.alloc(32);

type Ports = {
  lookup: CredentialLookup;
  secretKey: string | Buffer;
  sessions: Sessions;
  bridge: BridgeDoor;
  throttle: AddressThrottle;
  metrics: Metrics;
  passOf: (client: Client) => Pass | undefined;
  /** Waits, or less when the broker stops. */
  delay: (milliseconds: number) => Promise<void>;
};

type Done = (error: AuthenticateError | null, success: boolean | null) => void;

/** A sensor at an address: its offences are not those of its neighbours behind the same address. */
export const offenderOf = (address: string, sensorId: string): string => `${sensorId} at ${address}`;

/**
 * The CONNECT hook: a sensor's id is its username, its secret the password. Every refusal reads the same
 * from outside, and those of an address that keeps failing come late. The bridge signs in by what the server's key gives. So does a sensor that published to foreign
 * topics, when it comes again.
 */
export function createAuthenticate(ports: Ports) {
  const bridgeHash = hashSensorSecret(ports.secretKey, BRIDGE_USERNAME, bridgePassword(ports.secretKey));
  return async (client: Client, username: string | undefined, password: Buffer | undefined, done: Done) => {
    const pass = ports.passOf(client);
    const refuse = async (reason: RefusalReason, returnCode = NOT_AUTHORIZED): Promise<void> => {
      ports.metrics.refused(reason);
      if (returnCode === NOT_AUTHORIZED) {
        const milliseconds = ports.throttle.fail(pass?.address ?? '', performance.now());
        pass?.hold(milliseconds);
        await ports.delay(milliseconds);
      }
      done(Object.assign(new Error('connection refused'), { returnCode }), false);
    };

    const matchesSecret = (name: string, expected: Buffer): boolean =>
      timingSafeEqual(hashSensorSecret(ports.secretKey, name, password ?? ''), expected);

    if (username === BRIDGE_USERNAME) {
      if (!matchesSecret(username, bridgeHash)) return refuse('wrong_secret');
      pass?.release();
      forceClientId(client, username);
      ports.bridge.open(client);
      return done(null, true);
    }
    if (username === undefined || !isSensorId(username)) return refuse('bad_username');
    let credentials: Awaited<ReturnType<CredentialLookup>>;
    try {
      credentials = await ports.lookup(username);
    } catch {
      return refuse('database_away', SERVER_UNAVAILABLE);
    }
    const stored = credentials?.secretHash;
    const matches = matchesSecret(username, stored?.length === NOBODY.length ? stored : NOBODY);
    if (!credentials) return refuse('unknown_sensor');
    if (!matches) return refuse('wrong_secret');
    if (credentials.retired) return refuse('retired');
    pass?.release();
    await ports.delay(ports.throttle.owed(offenderOf(pass?.address ?? '', username), performance.now()));
    if (client.closed) return;
    forceClientId(client, username);
    ports.sessions.open(client, username, credentials);
    done(null, true);
  };
}
