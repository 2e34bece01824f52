import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Temporal } from 'temporal-polyfill';
import type { DoctorText } from '#pact/text/doctor.ts';
import { systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { countPendingMigrations } from '#store/doctor/count-pending-migrations.ts';
import { type BackupHealth, readBackupHealth } from '#store/doctor/read-backup-health.ts';
import { type BridgeHealth, readBridgeHealth } from '#store/doctor/read-bridge-health.ts';
import { type Health, readHealth } from '#store/doctor/read-health.ts';
import { readStrain, type Strain } from '#store/doctor/read-strain.ts';
import { type Enrolled, readProcessRoll } from '#store/process/process-roll.ts';
import { openDatabase } from '../../open-database.ts';
import { examineBackups } from './examine-backups.ts';
import { examineMachine } from './examine-machine.ts';
import { examinePorts } from './examine-ports.ts';
import { examineProcesses } from './examine-processes.ts';
import { examineRedis } from './examine-redis.ts';
import { examineRunning } from './examine-running.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { judgeBridge } from './judge-bridge.ts';
import { judgeHealth } from './judge-health.ts';
import { judgeRefusal } from './judge-refusal.ts';
import { judgeRoll } from './judge-roll.ts';
import { judgeStrain } from './judge-strain.ts';

/** Looks at everything a person would ask about, and changes nothing. */
export async function examine(config: Config, now: Temporal.Instant, text: DoctorText): Promise<Finding[]> {
  const providers = [...(config.aliyun ? ['Aliyun'] : []), ...(config.twilio ? ['Twilio'] : [])].join(', ');
  return [
    ...(await examineMachine(config, text)),
    ...(await examineDatabase(config, now, text)),
    providers ? ok('gateway', text.gateway({ name: providers })) : warn('outbox', text.outbox()),
    ...(config.twilio && !config.http.publicUrl ? [warn('noCallbacks', text.noCallbacks())] : []),
    ...(await examineRedis(config, text)),
    ...(await examinePorts(config, text)),
    ...(await examineRunning(config, text)),
    ...(await examineProcesses(config, text)),
  ];
}

async function examineDatabase(config: Config, now: Temporal.Instant, text: DoctorText): Promise<Finding[]> {
  // Opening the embedded database would make one where there is none: a check-up leaves no trace.
  if (!config.databaseUrl && !existsSync(join(config.dataDir, 'postgres'))) return [];
  let found: Awaited<ReturnType<typeof look>>;
  try {
    found = await look(config, now);
  } catch (error) {
    return [judgeRefusal(error, text)];
  }
  if (!found.health) return [fail('databaseOld', text.databaseOld({ count: found.pending }))];
  return [
    ok('database', text.database()),
    ...judgeHealth(found.health, now, text),
    ...judgeStrain(found.strain, now, found.lookedAt, text),
    ...judgeRoll(found.roll, now, text),
    ...judgeBridge(found.bridge, now, text),
    ...(await examineBackups(found.backup, config, now, text)),
  ];
}

type Found =
  | { pending: number; health?: never }
  | {
      pending: 0;
      health: Health;
      bridge: BridgeHealth;
      backup: BackupHealth;
      strain: Strain;
      roll: Enrolled[];
      /** By this machine's clock. */
      lookedAt: Temporal.Instant;
    };

async function look(config: Config, now: Temporal.Instant): Promise<Found> {
  const opened = await openDatabase(config, 'borrow');
  try {
    const failures: Error[] = [];
    const onError = (error: Error) => failures.push(error);
    const { connectionString } = opened;
    const db = createDatabase(
      createPool({ connectionString, size: 1, name: 'curtain-pact-doctor', onError }),
    );
    try {
      const pending = await countPendingMigrations(db);
      if (pending > 0) return { pending };
      const lookedAt = systemClock.now();
      return {
        ...{ pending: 0 as const, lookedAt, strain: await readStrain(db, now) },
        ...{ health: await readHealth(db, now), bridge: await readBridgeHealth(db, now) },
        ...{ backup: await readBackupHealth(db), roll: await readProcessRoll(db, now) },
      };
    } finally {
      await db.destroy();
    }
  } finally {
    await opened.close();
  }
}
