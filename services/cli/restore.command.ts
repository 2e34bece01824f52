import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { findIdentity } from '#platform/backup/recovery-key.ts';
import { PactError } from '#platform/errors.ts';
import { prepareServerKey } from '#platform/server-key.ts';
import { restoreBackup } from '#store/backup/restore-backup.ts';
import { openDatabase } from '../open-database.ts';
import type { Answer, Cli } from './cli.ts';

type Options = { keyFile?: string; replace?: boolean };

/** Never takes the recovery key as an argument: the command lines of a machine are no secret on it. */
export function restoreCommand(cli: Cli): Command {
  const { text, run, config, clock, folder, note } = cli;
  return new Command('restore')
    .description(text.commands.restore)
    .argument('<file>')
    .option('--key-file <file>', text.options.keyFile)
    .option('--replace', text.options.replace)
    .option('--json', text.json)
    .action(
      run(async (file: string, { keyFile, replace }: Options): Promise<Answer> => {
        const settings = config();
        const identity = await readKey(cli, keyFile);
        // The data folder is ours meanwhile: no service starts over a database that is being replaced.
        const opened = await openDatabase(settings, 'own');
        try {
          const now = clock.now();
          const stamp = now.toString({ smallestUnit: 'second' }).replace(/\W/g, '');
          const { manifest, openAlerts, aside } = await restoreBackup({
            connectionString: opened.connectionString,
            file: resolve(folder, file),
            identity,
            replace: replace === true,
            now,
            onProgress: (done) => note(text.restoreProgress(done)),
            prepareServerKey: (key) =>
              prepareServerKey(resolve(settings.dataDir), settings.secret, key, stamp),
          });
          const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
          const restored = { madeAt: manifest.madeAt, rows, openAlerts, aside: aside ?? null };
          return { value: restored, lines: text.restored(restored) };
        } finally {
          await opened.close();
        }
      }),
    );
}

async function readKey({ text, folder, note }: Cli, file: string | undefined): Promise<string> {
  if (file === undefined && process.stdin.isTTY) note(text.recoveryKeyWanted);
  const said =
    file === undefined
      ? await readAll(process.stdin)
      : await readKeyFile(resolve(folder, file), text.fileMissing);
  const identity = findIdentity(said);
  if (!identity) throw new PactError('BAD_REQUEST', text.noRecoveryKey);
  return identity;
}

async function readKeyFile(file: string, missing: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PactError('NOT_FOUND', missing, { cause });
  }
}
