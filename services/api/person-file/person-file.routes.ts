import Type from 'typebox';
import { PersonFile, PersonFileQuery } from '#contracts/http/person-file.ts';
import { IdParams } from '#contracts/http/register/paging.ts';
import { exportPersonFile, findPersonFile } from '#store/person-file/read-person-file.ts';
import { type Actor, assertOwn } from '../actor.ts';
import type { ApiApp, ApiContext } from '../context.ts';
import { authorOf } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';
import { drawPersonFile } from './draw-person-file.ts';
import { describePersonFile } from './person-file-document.ts';

const tags = ['households'];
const PDF = 'application/pdf';

/** Everything that is kept of a home, for the person who asks for it: to be read by people, and by programs. */
export function personFileRoutes(app: ApiApp, { db, clock }: ApiContext): void {
  app.get(
    '/households/:id/file.json',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Everything that is kept of a home, for whoever lives there; written to the audit log',
        params: IdParams,
        response: { 200: PersonFile },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      const { file, code } = await makeFile(actor, id);
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="file-${code}.json"`)
        .send(file);
    },
  );

  app.get(
    '/households/:id/file.pdf',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'The same on paper, in the language asked for; written to the audit log',
        params: IdParams,
        querystring: PersonFileQuery,
        produces: [PDF],
        response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
      },
    },
    async ({ actor, params: { id }, query: { language = 'zh-CN' } }, reply) => {
      const { file, code } = await makeFile(actor, id);
      const document = describePersonFile(file, language);
      return reply
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="file-${code}.pdf"`)
        .type(PDF)
        .send(await drawPersonFile(document, new Date(file.madeAt)));
    },
  );

  async function makeFile(actor: Actor, id: string): Promise<{ file: PersonFile; code: string }> {
    const { code } = assertOwn(actor, await findPersonFile(db, id), 'household');
    const by = { ...authorOf(actor), name: actor.name };
    return { file: await exportPersonFile(db, id, by, clock.now()), code };
  }
}
