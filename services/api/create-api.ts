import { createMeters } from '#platform/metrics.ts';
import type { Service } from '#platform/service.ts';
import { type AppConfig, buildApp } from './build-app.ts';
import type { ApiApp, ApiPorts } from './context.ts';
import { API_METRICS } from './metrics.ts';
import { type HttpAddress, listen } from './server/listen.ts';
import { createBoardStream } from './stream/board-stream.ts';

export type ApiConfig = AppConfig &
  HttpAddress & {
    /** For the one connection that listens for changes. */
    databaseUrl: string;
  };

export type Api = Service & {
  /** Where it listens, such as `http://127.0.0.1:8080`; after `start`. */
  address(): string;
};

/** The HTTP API, the live stream and the board's files. */
export function createApi(config: ApiConfig, ports: ApiPorts): Api {
  const meters = createMeters(ports.metrics, API_METRICS);
  const stream = createBoardStream(config.databaseUrl, ports, {
    onPushed: (seconds) => meters.pushSeconds.observe(seconds),
  });
  meters.subscribers.readBy(() => meters.subscribers.set(stream.subscribers()));
  let app: ApiApp | undefined;
  let address = '';
  return {
    name: 'api',
    async start() {
      app = await buildApp(config, ports, stream, meters);
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
