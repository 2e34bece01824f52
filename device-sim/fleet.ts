import { reasonOf } from '#platform/errors.ts';
import { startBalancer } from './balancer.ts';
import { findFreePort } from './free-port.ts';
import type { SharedTime } from './shared-clock.ts';
import { type ChildService, startChildService } from './town/child-service.ts';

/** The kinds of processes, and what each runs. */
const KINDS = {
  broker: 'broker',
  rules: 'rules',
  escalation: 'escalation,messaging',
  api: 'api,messaging',
} as const;
export type Kind = keyof typeof KINDS;
export const FLEET_KINDS = Object.keys(KINDS) as Kind[];

const OF_EACH = 2;

export type Fleet = {
  /** Of the balancers, which every sensor and every person comes by. */
  urls: { http: string; mqtt: string };
  setupLink: string | undefined;
  /** Processes that live now. */
  size(): number;
  follow(paces: readonly SharedTime[]): void;
  /** Ends one process of each kind in the way that none can prepare for. */
  killOneOfEach(): Promise<void>;
  /** Starts anew what was killed, each where it was. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
};

export type FleetOptions = {
  /** Settings that all share: the database, Redis, the key, the providers. */
  env: Record<string, string>;
  /** Where the balancer of the apis listens. */
  httpPort?: number;
  /** Which kinds there are; all, unless told otherwise. */
  kinds?: readonly Kind[];
  /** What the clocks of the processes go by when they start. */
  paces: () => readonly SharedTime[];
};

type Member = { kind: Kind; env: Record<string, string>; process: ChildService | undefined };

/**
 * The service as an operator of many homes runs it: two processes of each kind over one PostgreSQL and one Redis, and
 * a balancer in front of the brokers and of the apis. Brokers know nothing of each other.
 */
export async function startFleet({
  env,
  httpPort,
  paces,
  kinds = FLEET_KINDS,
}: FleetOptions): Promise<Fleet> {
  const members: Member[] = [];
  const portsOf: Record<Kind, number[]> = { broker: [], rules: [], escalation: [], api: [] };
  for (const kind of kinds) {
    for (let n = 0; n < OF_EACH; n += 1) {
      const port = await findFreePort();
      portsOf[kind].push(port);
      const own = kind === 'broker' ? { PACT_MQTT_PORT: `${port}` } : { PACT_MQTT_PORT: 'off' };
      const http = { PACT_HTTP_PORT: kind === 'api' ? `${port}` : '0' };
      members.push({
        kind,
        env: { ...env, ...own, ...http, PACT_SERVICES: KINDS[kind] },
        process: undefined,
      });
    }
  }
  const start = async (member: Member): Promise<void> => {
    member.process = await startChildService({ env: member.env, time: paces() });
    // Paces that were told while it started.
    member.process.follow(paces());
  };
  const stopAll = async (): Promise<void> => {
    await Promise.all(members.map(({ process }) => process?.stop()));
  };

  const mqtt = await startBalancer(portsOf.broker);
  const http = await startBalancer(portsOf.api, httpPort);
  const stop = async (): Promise<void> => {
    await Promise.all([mqtt.stop(), http.stop()]);
    await stopAll();
  };
  const started = await Promise.allSettled(members.map(start));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed) {
    await stop();
    throw new Error(`A process of the fleet did not start: ${reasonOf(failed.reason)}`);
  }

  return {
    urls: { http: `http://127.0.0.1:${http.port}`, mqtt: `mqtt://127.0.0.1:${mqtt.port}` },
    setupLink: members.find(({ process }) => process?.setupLink)?.process?.setupLink,
    size: () => members.filter(({ process }) => process !== undefined).length,
    follow(next) {
      for (const { process } of members) process?.follow(next);
    },
    async killOneOfEach() {
      const doomed = kinds.flatMap((kind) => members.find((member) => member.kind === kind) ?? []);
      await Promise.all(
        doomed.map(async (member) => {
          const { process } = member;
          member.process = undefined;
          await process?.kill();
        }),
      );
    },
    async startAgain() {
      await Promise.all(members.filter(({ process }) => process === undefined).map(start));
    },
    stop,
  };
}
