import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Bridge } from '../create-bridge.ts';

export type PushDoor = {
  /** Where a source's carrier pushes to. */
  urlOf(sourceId: string, token?: string): string;
  close(): void;
};

/** Hands pushes over to the bridge as our API does. */
export async function openPushDoor(bridge: () => Pick<Bridge, 'takePush'>): Promise<PushDoor> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const [, sourceId = '', token] = pathname.split('/');
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
    const answer = await bridge().takePush(sourceId, {
      method: request.method as 'GET' | 'POST',
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(headers),
      body: await buffer(request),
      token: token ?? null,
    });
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (sourceId, token) =>
      [`http://127.0.0.1:${port}`, sourceId, ...(token === undefined ? [] : [token])].join('/'),
    close: () => server.close(),
  };
}
