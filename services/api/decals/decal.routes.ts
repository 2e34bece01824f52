import Type from 'typebox';
import { DecalSheetQuery } from '#contracts/http/door.ts';
import { decalUrl } from '#platform/door-urls.ts';
import { PactError } from '#platform/errors.ts';
import { recordAudit } from '#store/audit/record-audit.ts';
import { readDecals } from '#store/door/decal.ts';
import { getCommunity } from '../community.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { requirePublicUrl } from '../public-url.ts';
import { authorOf } from '../register/refused.ts';
import { PEOPLE_OF_OFFICE } from '../rights.ts';
import { drawDecalSheet } from './decal-sheet.ts';

const PDF = 'application/pdf';

/** The decals for homes' doors, to be printed. */
export function decalRoutes(app: ApiApp, { db, clock, publicUrl }: ApiContext): void {
  app.get(
    '/decals.pdf',
    {
      // Whoever has a decal's code stands at the door: a program has no use for it.
      config: { rights: PEOPLE_OF_OFFICE },
      schema: {
        tags: ['door'],
        summary:
          'Decals (窗花) as a sheet to print, of all homes of a community or of those named; for the office only',
        querystring: DecalSheetQuery,
        produces: [PDF],
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
      },
    },
    async ({ actor, query }, reply) => {
      const address = requirePublicUrl(publicUrl);
      const community = await getCommunity(db, actor, query.community);
      const now = clock.now();
      const decals = await readDecals(db, community.id, query.households?.split(',') ?? 'all');
      if (decals.length === 0) {
        throw new PactError('NOT_FOUND', 'There is no such home.', {
          hint: 'Choose homes of this community.',
        });
      }
      await recordAudit(
        db,
        { actor: authorOf(actor), action: 'decals.print', subjectKind: 'community', subjectId: community.id },
        now,
      );
      const sheet = await drawDecalSheet({
        community: community.name,
        language: community.language,
        decals: decals.map(({ code, decal }) => ({ code, url: decalUrl(address, decal) })),
        madeAt: new Date(now.epochMilliseconds),
      });
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="decals.pdf"')
        .type(PDF)
        .send(sheet);
    },
  );
}
