import { join, resolve, sep } from 'node:path';
import { Command } from 'commander';
import { createRecoveryKey, isRecipient } from '#platform/backup/recovery-key.ts';
import type { Config } from '#platform/config.ts';
import { PactError } from '#platform/errors.ts';
import { findRecipient, saveRecipient } from '#store/backup/backup-runs.ts';
import { backupName, isFolder } from '#store/backup/make-backup.ts';
import { runBackup } from '#store/backup/run-backup.ts';
import type { Db } from '#store/database.ts';
import { openServerKey } from '../open-server-key.ts';
import { type Answer, type Cli, useDatabase } from './cli.ts';

type Options = { to?: string; newKey?: boolean; recipient?: string };

export function backupCommand(cli: Cli): Command {
  const { text, run, config } = cli;
  return new Command('backup')
    .description(text.commands.backup)
    .option('--to <path>', text.options.backupTo)
    .option('--new-key', text.options.newKey)
    .option('--recipient <recipient>', text.options.recipient)
    .option('--json', text.json)
    .action(
      run((options: Options): Promise<Answer> => {
        const settings = config();
        return useDatabase(settings, (db, connectionString) =>
          backUp(cli, settings, db, connectionString, options),
        );
      }),
    );
}

async function backUp(
  { text, clock, folder }: Cli,
  config: Config,
  db: Db,
  connectionString: string,
  options: Options,
): Promise<Answer> {
  const { recipient, identity } = await chooseKey(db, options, text.badRecipient);
  const file = await placeOf(options.to, folder, config, backupName(clock.now()));
  const serverKey = await openServerKey(config, db);
  const order = { connectionString, serverKey, recipient, file };
  const made = await runBackup(db, clock, { actor: { kind: 'cli' } }, order);
  // Only now: a key of which there is no backup is one that somebody keeps in vain.
  if (recipient !== (await findRecipient(db))) await saveRecipient(db, recipient);
  return {
    value: { ...made, recipient, recoveryKey: identity ?? null },
    lines: [text.backupMade(made), ...(identity ? text.recoveryKey(identity) : [])],
  };
}

/** The key that backups are sealed for: the one there is, one that the person has elsewhere, or a new one to write down. */
async function chooseKey(
  db: Db,
  { newKey, recipient }: Options,
  badRecipient: string,
): Promise<{ recipient: string; identity?: string }> {
  if (recipient !== undefined) {
    if (!isRecipient(recipient)) throw new PactError('BAD_REQUEST', badRecipient);
    return { recipient };
  }
  const present = newKey ? undefined : await findRecipient(db);
  return present ? { recipient: present } : createRecoveryKey();
}

async function placeOf(
  to: string | undefined,
  folder: string,
  { backup, dataDir }: Config,
  name: string,
): Promise<string> {
  if (to === undefined) return join(resolve(backup.dir ?? join(dataDir, 'backups')), name);
  const path = resolve(folder, to);
  return to.endsWith('/') || to.endsWith(sep) || (await isFolder(path)) ? join(path, name) : path;
}
