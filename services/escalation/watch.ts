import { canaryPatienceMs } from '#pact/canary.ts';
import { KEEP_DAYS, type KeepDays } from '#pact/retention.ts';
import { manualRound } from '#pact/text/manual-round.ts';
import { type Clock, speedOf } from '#platform/clock.ts';
import { leaveUrl } from '#platform/door-urls.ts';
import { reasonOf } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import { createPace } from '#platform/pace.ts';
import { checkCanaries } from '#store/canary/check-canaries.ts';
import type { Db } from '#store/database.ts';
import { askWhetherBack } from '#store/leave/tell-leave.ts';
import { tellAllClear } from '#store/notice/tell-all-clear.ts';
import { tellDailyWords } from '#store/notice/tell-daily-words.ts';
import { tellEvening } from '#store/notice/tell-evening.ts';
import { tellLookIns } from '#store/notice/tell-look-ins.ts';
import { tellSensorCheck } from '#store/notice/tell-sensor-check.ts';
import { watchOutages } from '#store/outage/watch-outages.ts';
import { keepNoLonger } from '#store/retention/retention-run.ts';

/** Clock time between two looks at how the days have closed: each costs a count of the homes. */
const CLOSING_EVERY_MS = 15_000;

/** Between two looks whether it is time for what comes at a fixed time of day. */
const DAILY_EVERY_MS = 15_000;

const OUTAGES_EVERY_MS = 30_000;

const LOOK_INS_EVERY_MS = 30_000;

const LEAVES_EVERY_MS = 30_000;

const RETENTION_EVERY_MS = 10_000;

export type WatchPorts = {
  db: Db;
  clock: Clock;
  logger: Logger;
  /** Where phones reach the service; without it nothing that is told carries a link. */
  publicUrl?: string | undefined;
  /** For how long what is kept. */
  keep?: KeepDays;
  print?: (line: string) => void;
  /** Told which part failed. */
  onFailed?: (part: WatchPart) => void;
};

/** Each of the daily duties. */
export const WATCH_PARTS = [
  'canary',
  'allClear',
  'dailyWords',
  'evening',
  'leaves',
  'sensorCheck',
  'lookIns',
  'outages',
  'retention',
] as const;
export type WatchPart = (typeof WATCH_PARTS)[number];

export type Watch = {
  /** Looks whether anything is to be told beside alerts. @returns whether there may be messages to send */
  run(): Promise<boolean>;
};

/**
 * What is told beside alerts: the canary, the daily messages, outages. Each part stands alone, so that one that
 * fails keeps neither the others nor the ladders from their work; what it left, the next sweep finds.
 */
export function createWatch({
  db,
  clock,
  logger,
  publicUrl,
  keep = KEEP_DAYS,
  print = () => {},
  onFailed = () => {},
}: WatchPorts): Watch {
  const linkOf = publicUrl ? (token: string) => leaveUrl(publicUrl, token) : undefined;
  const leaves = createPace(LEAVES_EVERY_MS);
  const closing = createPace(CLOSING_EVERY_MS);
  const families = createPace(CLOSING_EVERY_MS);
  const evening = createPace(DAILY_EVERY_MS);
  const sensorCheck = createPace(DAILY_EVERY_MS);
  const outages = createPace(OUTAGES_EVERY_MS);
  const lookIns = createPace(LOOK_INS_EVERY_MS);
  const retention = createPace(RETENTION_EVERY_MS);
  const parts: Record<WatchPart, () => Promise<number>> = {
    async canary() {
      const failed = await checkCanaries(db, clock.now(), canaryPatienceMs(speedOf(clock)));
      for (const { language, ...canary } of failed) {
        const round = manualRound(canary, language);
        logger.error({ event: 'canary.failed', communityId: canary.communityId, round });
        for (const line of round) print(line);
      }
      return failed.length;
    },
    allClear: async () => (closing(clock.now()) ? tellAllClear(db, clock.now()) : 0),
    dailyWords: async () => (families(clock.now()) ? tellDailyWords(db, clock.now()) : 0),
    evening: async () => (evening(clock.now()) ? tellEvening(db, clock.now(), linkOf) : 0),
    leaves: async () => (leaves(clock.now()) ? askWhetherBack(db, clock.now(), linkOf) : 0),
    sensorCheck: async () => (sensorCheck(clock.now()) ? tellSensorCheck(db, clock.now()) : 0),
    lookIns: async () => (lookIns(clock.now()) ? tellLookIns(db, clock.now()) : 0),
    outages: async () => (outages(clock.now()) ? watchOutages(db, clock.now()) : 0),
    async retention() {
      const removed = retention(clock.now()) ? await keepNoLonger(db, keep, clock.now()) : undefined;
      if (removed) logger.info({ event: 'retention.done', removed });
      return 0;
    },
  };

  return {
    async run() {
      let told = 0;
      for (const part of WATCH_PARTS) {
        try {
          told += await parts[part]();
        } catch (error) {
          onFailed(part);
          logger.error({ event: 'watch.failed', part, why: reasonOf(error) });
        }
      }
      return told > 0;
    },
  };
}
