import type { HomeView } from '#contracts/http/today.ts';
import { localDateAt } from '#pact/time-zone.ts';
import type { Clock } from '#platform/clock.ts';
import type { Logger } from '#platform/logger.ts';
import { createOutageLog } from '#platform/outage-log.ts';
import type { Service } from '#platform/service.ts';
import type { SourceSetting } from '#store/bridge/setting.ts';
import { CHANGE_CHANNEL, type Change } from '#store/change-feed.ts';
import type { Db } from '#store/database.ts';
import { wereDaysOpened } from '#store/ledger/homes-on.ts';
import { type Listener, listen } from '#store/listen.ts';
import { findCommunity } from '#store/today/communities.ts';
import { findHomeIds } from '#store/today/find-home-ids.ts';
import { readHomes } from '#store/today/read-homes.ts';
import { type Announcement, availabilityTopic, farewellMessages, homeMessages } from './home-messages.ts';

type Source = Pick<SourceSetting, 'id' | 'communityId' | 'announces'>;

type Ports = {
  connectionString: string;
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Publishes to a source's broker with QoS 1, or waits until it is connected. */
  publish: (sourceId: string, topic: string, payload: string, options: { retain: boolean }) => Promise<void>;
  /** Wall milliseconds between two looks at one community; a second where nothing is said. */
  leastBetweenMs?: number;
};

export type Announcer = Service & {
  /**
   * Says everything anew: when a source is set up, and each time that its broker is connected. One that does not
   * announce, or no longer, is left alone from here on. Resolves also when it could not be said.
   */
  refresh(source: Source): Promise<void>;
  /** Takes back from a source's broker what it was told, where it is not to announce any more. */
  withdraw(source: Source): Promise<void>;
};

type Announcing = {
  source: Source;
  /** What its broker keeps, by topic. */
  told: Map<string, string>;
  changed: Set<string> | 'all';
  /** Monotonic milliseconds of the last look. */
  lookedAt: number;
  timer: NodeJS.Timeout | undefined;
  running: Promise<void> | undefined;
};

/** Clock milliseconds after which a sensor's silence is looked for, of which nobody gives notice. */
const LOOK_AGAIN_MS = 60_000;
const TOGETHER = 100;
const GOODBYE_MS = 500;

/**
 * Tells the brokers of sources that want it how the homes of their community stand, for Home Assistant: retained, and
 * what has not changed is not said again.
 */
export function createAnnouncer(ports: Ports): Announcer {
  const { db, clock, logger, leastBetweenMs = 1_000 } = ports;
  const announcings = new Map<string, Announcing>();
  const outage = createOutageLog(logger, 'bridge.announcing');
  let listener: Listener | undefined;
  let ticker: NodeJS.Timeout | undefined;

  function note(communityId: string | undefined, households: readonly string[] | 'all'): void {
    for (const announcing of announcings.values()) {
      if (communityId !== undefined && announcing.source.communityId !== communityId) continue;
      if (households === 'all' || announcing.changed === 'all') announcing.changed = 'all';
      else for (const household of households) announcing.changed.add(household);
      schedule(announcing);
    }
  }

  function schedule(announcing: Announcing): void {
    if (announcing.running) return;
    const waitMs = Math.max(0, announcing.lookedAt + leastBetweenMs - performance.now());
    announcing.timer ??= setTimeout(() => void run(announcing), waitMs);
  }

  /** One look at a time; what changes meanwhile is looked at next. */
  function run(announcing: Announcing): Promise<void> {
    clearTimeout(announcing.timer);
    announcing.timer = undefined;
    announcing.lookedAt = performance.now();
    announcing.running ??= tell(announcing).finally(() => {
      announcing.running = undefined;
      const isWaiting = announcing.changed === 'all' || announcing.changed.size > 0;
      if (isWaiting && isCurrent(announcing)) schedule(announcing);
    });
    return announcing.running;
  }

  async function tell(announcing: Announcing): Promise<void> {
    const { changed, source } = announcing;
    announcing.changed = new Set();
    try {
      const messages = await readMessages(source, changed === 'all' ? changed : [...changed]);
      messages.push({ topic: availabilityTopic(source.id), payload: 'online' });
      const news = messages.filter(({ topic, payload }) => announcing.told.get(topic) !== payload);
      // Whoever has begun anew on another connection says it all, and says it later.
      for (let from = 0; from < news.length && isCurrent(announcing); from += TOGETHER)
        await Promise.all(news.slice(from, from + TOGETHER).map((message) => say(announcing, message)));
      outage.succeeded();
    } catch (error) {
      outage.failed(error);
      announcing.changed = 'all';
    }
  }

  async function say({ source, told }: Announcing, { topic, payload }: Announcement): Promise<void> {
    await ports.publish(source.id, topic, payload, { retain: true });
    told.set(topic, payload);
  }

  async function readMessages(
    { id, communityId }: Source,
    householdIds: readonly string[] | 'all',
  ): Promise<Announcement[]> {
    const removed = new Set(await findHomeIds(db, communityId, 'removed'));
    const homes = await readHomesToday(communityId, householdIds);
    const left = householdIds === 'all' ? [...removed] : householdIds.filter((home) => removed.has(home));
    return [
      ...left.flatMap(farewellMessages),
      ...homes
        .filter(({ householdId }) => !removed.has(householdId))
        .flatMap((home) => homeMessages(id, home)),
    ];
  }

  async function readHomesToday(
    communityId: string,
    householdIds: readonly string[] | 'all',
  ): Promise<HomeView[]> {
    const community = await findCommunity(db, communityId);
    if (!community) return [];
    const now = clock.now();
    const date = localDateAt(now, community.timeZone).toString();
    const opened = await wereDaysOpened(db, community, date, now);
    return readHomes(db, { communityId, date, householdIds, opened }, now);
  }

  const isCurrent = (announcing: Announcing): boolean => announcings.get(announcing.source.id) === announcing;

  function leave(sourceId: string): void {
    clearTimeout(announcings.get(sourceId)?.timer);
    announcings.delete(sourceId);
  }

  /** An orderly goodbye sends no last will. */
  async function sayGoodbye(sourceIds: readonly string[]): Promise<void> {
    const said = sourceIds.map((id) =>
      ports.publish(id, availabilityTopic(id), 'offline', { retain: true }).catch(outage.failed),
    );
    let impatience: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      impatience = setTimeout(resolve, GOODBYE_MS);
    });
    await Promise.race([Promise.all(said), late]).finally(() => clearTimeout(impatience));
  }

  return {
    name: 'announcer',
    async start() {
      listener = listen({
        connectionString: ports.connectionString,
        channel: CHANGE_CHANNEL,
        onNotice: (payload) => {
          const change = JSON.parse(payload) as Change;
          if (!('sessionsEnded' in change)) note(change.community, change.households ?? 'all');
        },
        onGap: () => note(undefined, 'all'),
        onError: outage.failed,
      });
      const everyMs = Math.max(clock.toWallMilliseconds(LOOK_AGAIN_MS), leastBetweenMs);
      ticker = setInterval(() => note(undefined, 'all'), everyMs);
    },
    async stop() {
      clearInterval(ticker);
      const sourceIds = [...announcings.keys()];
      for (const sourceId of sourceIds) leave(sourceId);
      await listener?.stop();
      listener = undefined;
      await sayGoodbye(sourceIds);
    },
    async refresh(source) {
      leave(source.id);
      if (!source.announces) return;
      const announcing: Announcing = {
        source,
        told: new Map(),
        changed: 'all',
        lookedAt: 0,
        timer: undefined,
        running: undefined,
      };
      announcings.set(source.id, announcing);
      await run(announcing);
    },
    async withdraw(source) {
      await announcings.get(source.id)?.running;
      leave(source.id);
      const homes = await findHomeIds(db, source.communityId, 'all');
      const farewells = [
        ...homes.flatMap(farewellMessages),
        { topic: availabilityTopic(source.id), payload: '' },
      ];
      for (const { topic, payload } of farewells)
        await ports.publish(source.id, topic, payload, { retain: true });
    },
  };
}
