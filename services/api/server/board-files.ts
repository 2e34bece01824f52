import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BOARD_MISSING } from '#pact/text/board-missing.ts';
import type { ApiApp } from '../context.ts';

/** The built board: its folder and its one page, or nothing where it has not been built. */
export type Board = { dir: string; page: string } | undefined;

export function findBoard(dir: string): Board {
  const page = join(dir, 'index.html');
  return existsSync(page) ? { dir, page: readFileSync(page, 'utf8') } : undefined;
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

/** The board finds its own way: whatever page a person opens is its one page. */
export function sendBoard(reply: FastifyReply, board: Board): FastifyReply {
  reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8');
  return board ? reply.send(board.page) : reply.status(503).send(missingPage());
}

function missingPage(): string {
  const sections = Object.entries(BOARD_MISSING).map(
    ([language, { title, what, how }]) =>
      `<section lang="${language}"><h1>${title}</h1><p>${what}</p><p>${how}</p></section>`,
  );
  const { title } = BOARD_MISSING['zh-CN'];
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>${title}</title>${sections.join('')}</html>`;
}
