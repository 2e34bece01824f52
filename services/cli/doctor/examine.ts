import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Temporal } from 'temporal-polyfill';
import type { DoctorText } from '#pact/text/doctor.ts';
import type { Config } from '#platform/config.ts';
import { createDatabase, createPool } from '#store/connect.ts';
import { countPendingMigrations } from '#store/doctor/count-pending-migrations.ts';
import { type BridgeHealth, readBridgeHealth } from '#store/doctor/read-bridge-health.ts';
import { type Health, readHealth } from '#store/doctor/read-health.ts';
import { openDatabase } from '../../open-database.ts';
import { examineMachine } from './examine-machine.ts';
import { examinePorts } from './examine-ports.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { judgeBridge } from './judge-bridge.ts';
import { judgeHealth } from './judge-health.ts';

/** Looks at everything a person would ask about, and changes nothing. */
export async function examine(config: Config, now: Temporal.Instant, text: DoctorText): Promise<Finding[]> {
  const providers = [...(config.aliyun ? ['Aliyun'] : []), ...(config.twilio ? ['Twilio'] : [])].join(', ');
  return [
    ...(await examineMachine(config, text)),
    ...(await examineDatabase(config, now, text)),
    providers ? ok('gateway', text.gateway({ name: providers })) : warn('outbox', text.outbox()),
    ...(config.twilio && !config.http.publicUrl ? [warn('noCallbacks', text.noCallbacks())] : []),
    ...(await examinePorts(config, text)),
  ];
}

async function examineDatabase(config: Config, now: Temporal.Instant, text: DoctorText): Promise<Finding[]> {
  // Opening the embedded database would make one where there is none: a check-up leaves no trace.
  if (!config.databaseUrl && !existsSync(join(config.dataDir, 'postgres'))) return [];
  let found: Awaited<ReturnType<typeof look>>;
  try {
    found = await look(config, now);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return [fail('databaseAway', text.databaseAway({ code: code ?? 'INTERNAL' }))];
  }
  if (!found.health) return [fail('databaseOld', text.databaseOld({ count: found.pending }))];
  return [
    ok('database', text.database()),
    ...judgeHealth(found.health, now, text),
    ...judgeBridge(found.bridge, now, text),
  ];
}

type Found = { pending: number; health?: never } | { pending: 0; health: Health; bridge: BridgeHealth };

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
      return { pending: 0, health: await readHealth(db, now), bridge: await readBridgeHealth(db, now) };
    } finally {
      await db.destroy();
    }
  } finally {
    await opened.close();
  }
}
