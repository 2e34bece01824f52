import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BOARD_MISSING } from '#pact/text/board-missing.ts';
import type { ApiApp } from '../context.ts';

/** The built board: its folder, its one page and the stewards' page, or nothing where it has not been built. */
export type Board = { dir: string; page: string; door: string } | undefined;

export function findBoard(dir: string): Board {
  const [page, door] = [join(dir, 'index.html'), join(dir, 'door.html')];
  if (!existsSync(page) || !existsSync(door)) return undefined;
  return { dir, page: readFileSync(page, 'utf8'), door: readFileSync(door, 'utf8') };
}

/** Serves the board's files. Assets carry a hash in their names and never change; everything else is asked for anew. */
export async function boardFiles(app: ApiApp, board: Board): Promise<void> {
  if (!board) return;
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, public: true };
  });
  const assets = join(board.dir, 'assets');
  await app.register(fastifyStatic, {
    root: board.dir,
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    schemaHide: true,
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(assets);
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}

/** Whether a browser asks for a page that a person opened, and not a program or a page for its parts. */
export const isForPerson = ({ method, url, headers }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  !/^\/(api|assets|webhooks)\//.test(url) &&
  (headers.accept ?? '').includes('text/html');

/** Where the links of an alert, a leave and a list of today, and a home's decal lead. */
const DOOR = /^\/[sldc](?:[/?]|$)/;

/** The board finds its own way: whatever page a person opens is its one page, or the stewards'. */
export function sendBoard(request: FastifyRequest, reply: FastifyReply, board: Board): FastifyReply {
  reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8');
  const page = DOOR.test(request.url) ? board?.door : board?.page;
  return page ? reply.send(page) : reply.status(503).send(missingPage());
}

function missingPage(): string {
  const sections = Object.entries(BOARD_MISSING).map(
    ([language, { title, what, how }]) =>
      `<section lang="${language}"><h1>${title}</h1><p>${what}</p><p>${how}</p></section>`,
  );
  const { title } = BOARD_MISSING['zh-CN'];
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title>${sections.join('')}</html>`;
}
