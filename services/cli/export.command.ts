import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { writeSheet } from '#contracts/register-sheet/write-sheet.ts';
import { SHEET_NAMES } from '#pact/text/register-sheet.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { readSheetRecords } from '#store/register/read-sheet-records.ts';
import { chooseCommunity } from './choose-community.ts';
import type { Cli } from './cli.ts';

export function exportCommand({ text, clock, folder, language, withDatabase }: Cli): Command {
  return new Command('export')
    .description(text.commands.export)
    .argument('<file>')
    .option('--community <name>', text.options.community)
    .option('--json', text.json)
    .action(
      withDatabase(async (db, _config, file: string, options: { community?: string }) => {
        const { id, name, timeZone } = await chooseCommunity(db, options.community, text);
        const now = clock.now();
        const records = await readSheetRecords(db, [id]);
        const at = now.toZonedDateTimeISO(timeZone).toPlainDateTime().toString({ smallestUnit: 'minute' });
        const names = SHEET_NAMES[language];
        const workbook = await writeSheet(records, names.lines(name, 'pact', at), names);
        const path = resolve(folder, file);
        try {
          await writeFile(path, workbook, { flag: 'wx', mode: 0o600 });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
          throw new PactError('CONFLICT', text.exportExists);
        }
        const entry = {
          actor: { kind: 'cli' },
          action: 'register.export',
          subjectKind: 'community',
          subjectId: id,
        };
        await recordAudit(db, entry, now);
        return {
          value: { community: name, homes: records.length, file: path },
          lines: [text.exported({ community: name, homes: records.length, file: path })],
        };
      }),
    );
}
