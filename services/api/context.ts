import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Registry } from 'prom-client';
import type { Refusal } from '#contracts/bridge/formats.ts';
import type { Mapping } from '#contracts/bridge/mapping.ts';
import type { TakePush } from '#contracts/bridge/push.ts';
import type { IncomingMessage } from '#contracts/gateway.ts';
import type { CodecTrialView } from '#contracts/http/register/codec.ts';
import type { WebhookRoute } from '#contracts/webhook.ts';
import type { KeepDays } from '#pact/retention.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import type { Db } from '#store/database.ts';
import type { Actor } from './actor.ts';
import type { Rights } from './rights.ts';

/** What one of the other parts says of itself on `/readyz`. */
export type Health = { ok: true } | { ok: false; why: string };

/** What the API needs of the others; main hands it in. */
export type ApiPorts = {
  db: Db;
  clock: Clock;
  /** The server's key. */
  secret: Buffer;
  logger: Logger;
  /** Called after a change that plans messages, so that nobody waits for the next sweep. */
  wake(): void;
  /** Takes a message as if it came from that phone. */
  receive(message: IncomingMessage): Promise<unknown>;
  webhooks: readonly WebhookRoute[];
  /** Takes what carriers and hooks push; unset where the bridge does not run. */
  takePush?: TakePush;
  /** The parts that `/readyz` asks beside the database and the sweep, by name. */
  checks: Readonly<Record<string, () => Promise<Health>>>;
  metrics: Registry;
  /** Runs an operator's decoder on a frame; the bridge's. Refusals are part of the answer. */
  tryCodec(
    code: string,
    mapping: Mapping | null,
    input: { bytes: Uint8Array; fPort: number | null; receivedAt: number },
  ): Promise<CodecTrial>;
};

/** What came of a codec; times in epoch milliseconds. */
export type CodecTrial =
  | { ok: true; data: unknown; reading: CodecReading | null; refusal: Refusal | null }
  | { ok: false; refusal: Refusal; message: string };

type CodecReading = Omit<NonNullable<CodecTrialView['reading']>, 'deviceAt'> & { deviceAt: number | null };

/** What every route may use. */
export type ApiContext = ApiPorts & {
  /** The address that people and providers use, without a slash at its end; unset while it is only local. */
  publicUrl: string | undefined;
  keep: KeepDays;
  /** Whether a backup is made every night. */
  backsUp: boolean;
};

/** The application as routes see it: schemas are TypeBox, and handlers get their types from them. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/**
 * A group of routes. Paths are relative to `/api/v1`. Every route gives `schema.summary` and a response
 * schema; the error shape is added for it. `config: { rights }` says who may use it, or `config: { public: true }` that everybody may:
 * a route of the API with neither is not registered.
 */
export type RouteGroup = (app: ApiApp, context: ApiContext) => void;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks. Reading it on a public route without credentials throws NOT_SIGNED_IN. */
    readonly actor: Actor;
  }
  interface FastifyContextConfig {
    /** Opts a route out of the rule that somebody must be signed in. */
    public?: boolean;
    /** Who may use the route; every other route of the API needs it. */
    rights?: Rights;
  }
}
