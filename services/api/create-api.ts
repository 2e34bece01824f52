import { PactError } from '#platform/errors.ts';
import type { Service } from '#platform/service.ts';
import { type AppConfig, buildApp } from './build-app.ts';
import type { ApiApp, ApiPorts } from './context.ts';
import { createBoardStream } from './stream/board-stream.ts';

export type ApiConfig = AppConfig & {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** For the one connection that listens for changes. */
  databaseUrl: string;
};

export type Api = Service & {
  /** Where it listens, such as `http://127.0.0.1:8080`; after `start`. */
  address(): string;
};

/** The HTTP API, the live stream and the board's files. */
export function createApi(config: ApiConfig, ports: ApiPorts): Api {
  const stream = createBoardStream(config.databaseUrl, ports);
  let app: ApiApp | undefined;
  let address = '';
  return {
    name: 'api',
    async start() {
      app = await buildApp(config, ports, stream);
      stream.start();
      address = await listen(app, config);
    },
    async stop() {
      await stream.stop();
      await app?.close();
    },
    address: () => address,
  };
}

async function listen(app: ApiApp, { host, port }: ApiConfig): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PactError('PORT_IN_USE', `Port ${port} is taken by another program.`, {
      cause: error,
      hint: 'Set PACT_HTTP_PORT to a free one, or stop the other program.',
    });
  }
}
