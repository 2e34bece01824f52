import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { checkSheet } from '#contracts/register-sheet/check-sheet.ts';
import type { CheckedSheet, KnownRegister, SheetProblem } from '#contracts/register-sheet/sheet.ts';
import { SHEET_TEXT } from '#pact/text/register-sheet.ts';
import { isTimeZone, localDateAt } from '#pact/time-zone.ts';
import type { Config } from '#platform/config.ts';
import { PactError } from '#platform/errors.ts';
import { loadServerKey } from '#platform/server-key.ts';
import type { Db } from '#store/database.ts';
import { type ImportReport, importRegister, readKnownRegister } from '#store/register/import-register.ts';
import { openServerKey } from '../open-server-key.ts';
import type { Answer, Cli } from './cli.ts';
import { readDateOption } from './local-time.ts';
import { readSheetFile } from './read-sheet-file.ts';

type Options = {
  community?: string;
  timeZone?: string;
  from?: string;
  dryRun?: boolean;
  keepGood?: boolean;
  secrets?: string;
};

const PARTS = ['communities', 'households', 'residents', 'people', 'pacts', 'sensors'] as const;

export function importCommand({ text, clock, folder, language, withDatabase }: Cli): Command {
  return new Command('import')
    .description(text.commands.import)
    .argument('<file>')
    .option('--community <name>', text.options.importCommunity)
    .option('--time-zone <zone>', text.options.timeZone)
    .option('--from <date>', text.options.from)
    .option('--dry-run', text.options.dryRun)
    .option('--keep-good', text.options.keepGood)
    .option('--secrets <file>', text.options.secrets)
    .option('--json', text.json)
    .action(withDatabase(importFile));

  async function importFile(db: Db, config: Config, file: string, options: Options): Promise<Answer> {
    const now = clock.now();
    const timeZone = options.timeZone ?? config.timeZone;
    if (!isTimeZone(timeZone)) throw new PactError('BAD_REQUEST', text.badTimeZone);
    const fromOn = readDateOption(options.from, text);
    const known = await readKnownRegister(db);
    const sheet = checkSheet(await readSheetFile(file, folder, text), {
      ...(options.community ? { community: options.community } : {}),
      thisYear: localDateAt(now, timeZone).year,
      known,
    });
    if (options.timeZone) assertZone(sheet, known, options.timeZone);
    const bad = new Set(sheet.problems.map(({ row }) => row)).size;
    const refused = bad > 0 && (!options.keepGood || sheet.draft.households.length === 0);
    if (refused) return answer(sheet, bad, undefined, options);

    // Made before the import, so that no secret is lost because its file cannot be written.
    const secretsFile = options.dryRun ? undefined : await reserveSecrets(options.secrets);
    const by = { kind: 'cli' };
    // A trial writes nothing, not even whose key this is.
    const key = await (options.dryRun
      ? loadServerKey(config.dataDir, config.secret)
      : openServerKey(config, db));
    const report = await importRegister(db, sheet.draft, { key, timeZone, fromOn, by }, now, options.dryRun);
    if (secretsFile) await writeFile(secretsFile, secretsCsv(report));
    return answer(sheet, bad, report, options);
  }

  /** The option is meant for new communities; one that is there keeps its zone, and silence would hide that. */
  function assertZone(sheet: CheckedSheet, known: KnownRegister, timeZone: string): void {
    const named = new Set(sheet.draft.communities.map(({ name }) => name));
    const other = known.communities.find(
      (community) => named.has(community.name) && community.timeZone !== timeZone,
    );
    if (!other) return;
    throw new PactError('CONFLICT', text.zoneDiffers({ community: other.name, zone: other.timeZone }));
  }

  async function reserveSecrets(file: string | undefined): Promise<string | undefined> {
    if (file === undefined) return undefined;
    const path = resolve(folder, file);
    try {
      await writeFile(path, '', { flag: 'wx', mode: 0o600 });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      throw new PactError('CONFLICT', text.secretsExist);
    }
  }

  function answer(
    sheet: CheckedSheet,
    bad: number,
    report: ImportReport | undefined,
    options: Options,
  ): Answer {
    const said = (problem: SheetProblem) => SHEET_TEXT[language][problem.reason](problem.allowed ?? {});
    const withText = (problem: SheetProblem) => ({ ...problem, text: said(problem) });
    const line = (problem: SheetProblem) => text.importProblem({ ...problem, text: said(problem) });
    const { credentials = [], ...counts } = report ?? {};
    const shown = options.secrets ? credentials.map(({ secret: _, ...sensor }) => sensor) : credentials;
    const value = {
      imported: report !== undefined && !options.dryRun,
      dryRun: options.dryRun === true,
      rows: sheet.rows,
      refusedRows: bad,
      problems: sheet.problems.map(withText),
      warnings: sheet.warnings.map(withText),
      ...(report ? { ...counts, sensorCredentials: shown } : {}),
    };
    const problems = [...sheet.warnings, ...sheet.problems].map(line);
    if (!report) {
      const refused = sheet.rows > 0 ? text.importRefused({ bad, rows: sheet.rows }) : text.importNothing;
      return { value, lines: [...problems, refused], ok: false };
    }
    return {
      value,
      lines: [
        ...problems,
        ...(bad > 0 ? [text.importSkipped({ bad, rows: sheet.rows })] : []),
        ...(options.dryRun ? [text.importDryRun] : []),
        ...changesOf(report),
        ...secretsOf(report, options.secrets),
      ],
    };
  }

  function changesOf(report: ImportReport): string[] {
    const parts = PARTS.filter((part) => report[part].created + report[part].changed > 0);
    if (parts.length === 0 && report.rosters === 0) return [text.importUnchanged];
    return [
      ...parts.map((part) => text.importCount({ part: text.importParts[part], ...report[part] })),
      ...report.pactsFrom.map((pacts) => text.importPactsFrom(pacts)),
      ...(report.rosters > 0 ? [text.importRosters(report.rosters)] : []),
    ];
  }

  function secretsOf({ credentials }: ImportReport, file: string | undefined): string[] {
    if (credentials.length === 0) return [];
    if (file) return [text.importSecretsIn(file)];
    return [text.importSecrets, ...credentials.map(({ code, id, secret }) => `${code}  ${id}  ${secret}`)];
  }
}

function secretsCsv({ credentials }: ImportReport): string {
  const rows = credentials.map(({ code, id, secret, topic }) => [code, id, secret, topic].join(','));
  return ['household,sensor,secret,topic', ...rows, ''].join('\n');
}
