import Type from 'typebox';
import {
  CodecDraft,
  CodecFile,
  CodecTrialView,
  CodecTry,
  CodecView,
} from '#contracts/http/register/codec.ts';
import { IdParams, ListOf, ListQuery } from '#contracts/http/register/paging.ts';
import { PactError } from '#platform/errors.ts';
import { createCodec, findCodec, listCodecs, removeCodec } from '#store/bridge/codec.ts';
import { type Actor, assertOwn } from '../actor.ts';
import { communityIdOf } from '../community.ts';
import type { ApiApp, ApiContext, CodecTrial } from '../context.ts';
import { authorOf, savedOrThrow } from '../register/refused.ts';
import { OFFICE } from '../rights.ts';

const tags = ['codecs'];

/** The operator's own decoders: their makers' JavaScript, and what its data mean. */
export function codecRoutes(app: ApiApp, { db, clock, tryCodec }: ApiContext): void {
  app.get(
    '/codecs',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Codecs by name, without their code',
        querystring: ListQuery,
        response: { 200: ListOf(CodecView) },
      },
    },
    async ({ actor, query: { community, limit = 100, offset = 0 } }) =>
      listCodecs(db, { communityId: communityIdOf(actor, community), limit, offset }),
  );

  app.get(
    '/codecs/:id',
    {
      config: { rights: OFFICE },
      schema: { tags, summary: 'One codec with its code', params: IdParams, response: { 200: CodecFile } },
    },
    async ({ actor, params: { id } }) => getOwn(actor, id),
  );

  app.post(
    '/codecs',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Keep a codec; one of the same name is replaced, and its devices are read by the new one',
        body: CodecDraft,
        response: { 201: CodecFile },
      },
    },
    async ({ actor, body }, reply) => {
      communityIdOf(actor, body.communityId);
      const { id } = savedOrThrow(await createCodec(db, body, authorOf(actor), clock.now()));
      return reply.status(201).send(await getOwn(actor, id));
    },
  );

  app.delete(
    '/codecs/:id',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Remove a codec by which no device is read',
        params: IdParams,
        response: { 204: Type.Null() },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await getOwn(actor, id);
      savedOrThrow(await removeCodec(db, id, authorOf(actor), clock.now()));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/codecs/try',
    {
      config: { rights: OFFICE },
      schema: {
        tags,
        summary: 'Run a codec on a frame: its data, what we make of them, or why not. Nothing is kept',
        body: CodecTry,
        response: { 200: CodecTrialView },
      },
    },
    async ({ actor, body }) => {
      communityIdOf(actor, body.communityId);
      const input = {
        bytes: bytesOf(body),
        fPort: body.fPort ?? null,
        receivedAt: clock.now().epochMilliseconds,
      };
      return viewOf(await tryCodec(body.code, body.mapping ?? null, input));
    },
  );

  const getOwn = async (actor: Actor, id: string): Promise<CodecFile> =>
    assertOwn(actor, await findCodec(db, id), 'codec');
}

/** @throws PactError BAD_REQUEST unless the frame is given in one of the two spellings */
function bytesOf({ hex, base64 }: CodecTry): Uint8Array {
  if (hex !== undefined && base64 === undefined) {
    return Buffer.from(hex.replaceAll(/0x|[^0-9A-Fa-f]/g, ''), 'hex');
  }
  if (base64 !== undefined && hex === undefined) return Buffer.from(base64, 'base64');
  throw new PactError('BAD_REQUEST', 'A codec is tried on one frame.', { hint: 'Give hex or base64.' });
}

function viewOf(trial: CodecTrial): CodecTrialView {
  if (!trial.ok) {
    const { refusal, message } = trial;
    return { ok: false, data: null, reading: null, refusal, message: message || null };
  }
  const { data, reading, refusal } = trial;
  if (!reading) return { ok: true, data, reading: null, refusal, message: null };
  const { contact, position, battery, batteryLow, tamper, openings, deviceAt } = reading;
  const at = deviceAt === null ? null : new Date(deviceAt).toISOString();
  return {
    ...{ ok: true, data, refusal, message: null },
    reading: { contact, position, battery, batteryLow, tamper, openings, deviceAt: at },
  };
}
