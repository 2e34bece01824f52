import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { MessageView, TodayChange } from '#contracts/http/today.ts';
import { speedOf } from '#platform/clock.ts';
import { reasonOf } from '#platform/errors.ts';
import { findLiveCredentials } from '#store/account/sessions.ts';
import { CHANGE_CHANNEL, type Change } from '#store/change-feed.ts';
import { type Listener, listen } from '#store/listen.ts';
import { readTodayChange } from '#store/today/read-today.ts';
import { sessionTimes } from '../account/session-cookie.ts';
import type { ApiPorts } from '../context.ts';
import { createEventClient, type EventClient, frameOf } from './event-client.ts';

const TICK_MS = 15_000;
/** Changes of a burst are read together; well below what an eye notices, and 300 ms are promised. */
const COALESCE_MS = 50;
/** After a failed read the whole community is read again. */
const RETRY_MS = 1_000;

/**
 * The live stream of every board of this process. One connection listens for changes; what changed is read
 * once for each community and the same bytes go to all its boards; stewards' boards each have their own.
 *
 * Events: `change` (a TodayChange), `tick` (the server's clock, every 15 s), `resync` (changes may have been
 * missed: fetch `today` again).
 */
export type BoardStream = {
  start(): void;
  stop(): Promise<void>;
  open(
    response: ServerResponse,
    board: Sight & { credential: Buffer; lastEventId: string | undefined },
  ): void;
  /** How many boards listen. */
  subscribers(): number;
  /** Ends every board that this credential opened. */
  endSession(credential: Buffer): void;
};

/** What a board may see: a community, for a steward only their homes in it. */
type Sight = { communityId: string; stewardId: string | undefined };

const keyOf = ({ communityId, stewardId }: Sight) =>
  stewardId ? `${communityId} ${stewardId}` : communityId;

type Channel = Sight & {
  clients: Set<EventClient>;
  changed: Set<string> | 'all';
  /** Monotonic milliseconds of the first change that is not sent yet. */
  changedAt: number | undefined;
  timer: NodeJS.Timeout | undefined;
  reading: boolean;
  lastEventId: string;
  /** What was last sent of each message, so that only changed ones are sent. */
  messages: Map<string, string>;
};

type StreamPorts = Pick<ApiPorts, 'db' | 'clock' | 'logger'>;

export type StreamOptions = {
  /** Told how many seconds a change took from its notice until it was sent. */
  onPushed?: (seconds: number) => void;
};

export function createBoardStream(
  connectionString: string,
  ports: StreamPorts,
  { onPushed = () => {} }: StreamOptions = {},
): BoardStream {
  const { db, clock, logger } = ports;
  const channels = new Map<string, Channel>();
  const run = randomBytes(4).toString('hex');
  let sequence = 0;
  let ticker: NodeJS.Timeout | undefined;
  let isStopped = false;
  let listener: Listener | undefined;
  const nextId = () => `${run}-${++sequence}`;

  const startListening = () =>
    listen({
      connectionString,
      channel: CHANGE_CHANNEL,
      onNotice: (payload) => {
        const change = JSON.parse(payload) as Change;
        if ('sessionsEnded' in change) turnOut().catch(warnOfSessions);
        else note(change.community, change.households ?? 'all');
      },
      onGap: () => {
        for (const channel of channels.values()) broadcast(channel, 'resync', {});
      },
      onError: (error) => logger.warn({ event: 'api.stream-listen-failed', why: reasonOf(error) }),
    });

  function note(communityId: string, households: readonly string[] | 'all'): void {
    if (isStopped) return;
    for (const channel of channels.values()) {
      if (channel.communityId !== communityId) continue;
      channel.changedAt ??= performance.now();
      if (households === 'all' || channel.changed === 'all') channel.changed = 'all';
      else for (const household of households) channel.changed.add(household);
      schedule(channel, COALESCE_MS);
    }
  }

  function schedule(channel: Channel, milliseconds: number): void {
    if (channel.timer || channel.reading) return;
    channel.timer = setTimeout(() => void flush(channel), milliseconds);
  }

  async function flush(channel: Channel): Promise<void> {
    channel.timer = undefined;
    channel.reading = true;
    const { changed, changedAt = performance.now() } = channel;
    channel.changed = new Set();
    channel.changedAt = undefined;
    let wait = COALESCE_MS;
    let again = false;
    try {
      const householdIds = changed === 'all' ? changed : [...changed];
      const { communityId, stewardId } = channel;
      const change = await readTodayChange(db, { communityId, stewardId, householdIds, now: clock.now() });
      if (change) broadcast(channel, 'change', withNewMessages(channel, change));
      onPushed((performance.now() - changedAt) / 1_000);
    } catch (error) {
      logger.warn({ event: 'api.stream-read-failed', why: reasonOf(error) });
      channel.changed = 'all';
      channel.changedAt = changedAt;
      again = true;
      wait = RETRY_MS;
    }
    channel.reading = false;
    const isWaiting = again || channel.changed === 'all' || channel.changed.size > 0;
    if (isWaiting && channel.clients.size > 0 && !isStopped) schedule(channel, wait);
  }

  function broadcast(channel: Channel, event: string, data: unknown): void {
    channel.lastEventId = nextId();
    const frame = frameOf(event, data, channel.lastEventId);
    for (const client of channel.clients) client.send(frame);
  }

  const tickFrame = () => frameOf('tick', { now: clock.now().toString(), clockSpeed: speedOf(clock) });

  const everyClient = () => [...channels.values()].flatMap((channel) => [...channel.clients]);
  const warnOfSessions = (error: unknown) =>
    logger.warn({ event: 'api.sessions-unchecked', why: reasonOf(error) });

  function tick(): void {
    for (const client of everyClient()) client.send(tickFrame());
    turnOut().catch(warnOfSessions);
  }

  /** Ends the boards of whoever is not signed in any more. */
  async function turnOut(): Promise<void> {
    const clients = everyClient();
    const hashes = [...new Set(clients.map((client) => client.credential))].map((hex) =>
      Buffer.from(hex, 'hex'),
    );
    if (hashes.length === 0) return;
    const live = await findLiveCredentials(db, hashes, sessionTimes(clock));
    for (const client of clients) if (!live.has(client.credential)) client.end();
  }

  function forget(client: EventClient): void {
    const channel = channels.get(client.channel);
    channel?.clients.delete(client);
    if (!channel || channel.clients.size > 0) return;
    clearTimeout(channel.timer);
    channels.delete(client.channel);
  }

  return {
    start() {
      listener = startListening();
      ticker = setInterval(tick, TICK_MS);
    },

    async stop() {
      isStopped = true;
      clearInterval(ticker);
      for (const channel of channels.values()) {
        clearTimeout(channel.timer);
        for (const client of channel.clients) client.end();
      }
      await listener?.stop();
    },

    open(response, { communityId, stewardId, credential, lastEventId }) {
      const key = keyOf({ communityId, stewardId });
      const channel = channels.get(key) ?? newChannel({ communityId, stewardId }, nextId());
      channels.set(key, channel);
      const client = createEventClient(
        response,
        { channel: key, credential: credential.toString('hex') },
        forget,
      );
      channel.clients.add(client);
      client.send('retry: 2000\n\n');
      client.send(tickFrame());
      if (lastEventId !== undefined && lastEventId !== channel.lastEventId) {
        client.send(frameOf('resync', {}, channel.lastEventId));
      }
      if (isStopped) client.end();
    },

    subscribers: () => everyClient().length,

    endSession(credential) {
      const hex = credential.toString('hex');
      for (const channel of channels.values()) {
        for (const client of channel.clients) if (client.credential === hex) client.end();
      }
    },
  };
}

const newChannel = (sight: Sight, lastEventId: string): Channel => ({
  ...sight,
  clients: new Set(),
  changed: new Set(),
  changedAt: undefined,
  timer: undefined,
  reading: false,
  lastEventId,
  messages: new Map(),
});

function withNewMessages(channel: Channel, change: TodayChange): TodayChange {
  const shown = new Map(
    change.messages.map((message): [string, string] => [message.id, JSON.stringify(message)]),
  );
  const isNew = (message: MessageView) => channel.messages.get(message.id) !== shown.get(message.id);
  const messages = change.messages.filter(isNew);
  channel.messages = shown;
  return { ...change, messages };
}
