import { Temporal } from 'temporal-polyfill';
import Type from 'typebox';
import {
  ExchangeQuery,
  ExchangeReport,
  type HomeChange,
  ImportEntry,
  ImportParams,
  UndoneView,
} from '#contracts/http/register/exchange.ts';
import { Uuid } from '#contracts/http/scalars.ts';
import { checkSheet } from '#contracts/register-sheet/check-sheet.ts';
import { kindOf, parseSheet } from '#contracts/register-sheet/parse-sheet.ts';
import type { SheetRow } from '#contracts/register-sheet/sheet.ts';
import { writeSheet } from '#contracts/register-sheet/write-sheet.ts';
import { SHEET_NAMES } from '#pact/text/register-sheet.ts';
import { localDateAt } from '#pact/time-zone.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { planImport, type RowChange, readKnownRegister } from '#store/register/import-register.ts';
import { readSheetRecords } from '#store/register/read-sheet-records.ts';
import { findImportedCommunities, listImports, undoImport } from '#store/register/undo-import.ts';
import { listCommunities } from '#store/today/communities.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { OFFICE } from '../rights.ts';
import { authorOf, savedOrThrow } from './refused.ts';

const tags = ['register'];
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MOST_BYTES = 10 * 1024 * 1024;
/** What a screen can show; the counts are of all. */
const MOST_SHOWN = 500;

/** The register as the office's own spreadsheet: looked at, taken in, given out. */
export function exchangeRoutes(app: ApiApp, { db, clock, secret, wake }: ApiContext): void {
  app.register(async (scope: ApiApp) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, { bytes: body }),
    );

    scope.post(
      '/register/sheet',
      {
        config: { rights: OFFICE },
        bodyLimit: MOST_BYTES,
        schema: {
          tags,
          summary:
            'A spreadsheet (.xlsx or .csv as the body): what it would change; with the stamp of a preview it is done',
          querystring: ExchangeQuery,
          response: { 200: ExchangeReport },
        },
      },
      async ({ actor, query, body }) => {
        const { bytes } = body as { bytes: unknown };
        const community = query.community ? await getCommunity(db, actor, query.community) : undefined;
        const now = clock.now();
        const timeZone = community?.timeZone ?? 'Asia/Shanghai';
        const known = await readKnownRegister(db);
        const sheet = checkSheet(await readRows(bytes), {
          ...(community ? { community: community.name } : {}),
          thisYear: localDateAt(now, timeZone).year,
          known,
        });
        await assertOwnCommunities(
          actor,
          sheet.draft.communities.map(({ name }) => name),
        );
        const options = { key: secret, timeZone, by: authorOf(actor) };
        const plan = await planImport(db, sheet.draft, options, now, query.stamp);
        if (query.stamp && !plan.applied) {
          throw new PactError('CONFLICT', 'The register has changed since this was looked at.', {
            hint: 'Look at the preview again; nothing was changed.',
            details: { reason: 'preview_stale' },
          });
        }
        const { report, changes } = plan;
        const added = changes.filter(({ before }) => !before).length;
        return {
          stamp: plan.stamp,
          applied: plan.applied,
          rows: sheet.rows,
          refusedRows: new Set(sheet.problems.map(({ row }) => row)).size,
          added,
          changed: changes.length - added,
          unchanged: sheet.draft.households.length - changes.length,
          changes: changes.slice(0, MOST_SHOWN).map(changeOf),
          problems: sheet.problems.slice(0, MOST_SHOWN),
          warnings: sheet.warnings.slice(0, MOST_SHOWN),
          people: report.people,
          sensors: report.sensors,
          unnamed: plan.unnamed.slice(0, MOST_SHOWN),
          pactsFrom: report.pactsFrom,
          credentials: report.credentials,
          importId: report.importId,
        };
      },
    );
  });

  app.get(
    '/register/sheet',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The register of a community as .xlsx, in the columns that an import reads',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        produces: [XLSX],
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
      },
    },
    async ({ actor, query }, reply) => {
      const community = await getCommunity(db, actor, query.community);
      const now = clock.now();
      const records = await readSheetRecords(db, [community.id]);
      await recordAudit(
        db,
        {
          actor: authorOf(actor),
          action: 'register.export',
          subjectKind: 'community',
          subjectId: community.id,
        },
        now,
      );
      const made = now
        .toZonedDateTimeISO(community.timeZone)
        .toPlainDateTime()
        .toString({ smallestUnit: 'minute' });
      const who = actor.name;
      const names = SHEET_NAMES[community.language];
      const workbook = await writeSheet(records, names.lines(community.name, who, made), names);
      return reply
        .header('cache-control', 'no-store')
        .header(
          'content-disposition',
          `attachment; filename="register-${Temporal.PlainDate.from(made.slice(0, 10))}.xlsx"`,
        )
        .type(XLSX)
        .send(workbook);
    },
  );

  app.get(
    '/register/imports',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The last imports of a community, the latest first',
        querystring: Type.Object({ community: Type.Optional(Uuid) }),
        response: { 200: Type.Object({ items: Type.Array(ImportEntry) }) },
      },
    },
    async ({ actor, query }) => {
      const { id } = await getCommunity(db, actor, query.community);
      return { items: await listImports(db, id) };
    },
  );

  app.post(
    '/register/imports/:id/undo',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Take an import back: what it made is taken out, what it changed is as before',
        params: ImportParams,
        response: { 200: UndoneView },
      },
    },
    async ({ actor, params: { id } }) => {
      for (const communityId of await findImportedCommunities(db, id)) {
        assertOwn(actor, { communityId }, 'community');
      }
      const undone = savedOrThrow(await undoImport(db, id, authorOf(actor), clock.now()));
      wake();
      return undone;
    },
  );

  /** An account of some communities may not write into another by naming it in a row, nor make a new one. */
  async function assertOwnCommunities(actor: Actor, names: readonly string[]): Promise<void> {
    if (actor.communityIds === undefined) return;
    const own = new Set((await listCommunities(db, actor.communityIds)).map(({ name }) => name));
    if (names.every((name) => own.has(name))) return;
    throw new PactError('NOT_ALLOWED', 'This sheet names another community.', {
      hint: 'Leave the column of the community out, or ask somebody whose account sees all of them.',
      details: { reason: 'foreign_community' },
    });
  }
}

async function readRows(bytes: unknown): Promise<SheetRow[]> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) {
    throw new PactError('REGISTER_INVALID', 'There is no file.', {
      hint: 'Send an .xlsx or a .csv as the body.',
      details: { reason: 'file_empty' },
    });
  }
  try {
    return await parseSheet(bytes, kindOf(bytes));
  } catch (cause) {
    throw new PactError('REGISTER_INVALID', 'This file cannot be read as a spreadsheet.', {
      cause,
      hint: 'Save it as .xlsx or .csv; an .xls has to be saved anew.',
      details: { reason: 'file_unreadable' },
    });
  }
}

/** Column by column; what stays is not told. */
function changeOf({ before, after }: RowChange): HomeChange {
  const columns = [...new Set([...Object.keys(before?.values ?? {}), ...Object.keys(after.values)])];
  return {
    community: after.community,
    code: after.code,
    isNew: before === undefined,
    fields: columns.flatMap((column) => {
      const [from, to] = [before?.values[column] ?? null, after.values[column] ?? null];
      return from === to ? [] : [{ column, from, to }];
    }),
  };
}
