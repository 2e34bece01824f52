import { once } from 'node:events';
import { START } from '#pact/text/start.ts';
import { type Config, loadConfig } from '#platform/config.ts';
import { loadDotEnv } from '#platform/dot-env.ts';
import { ensureBoardBuilt } from '#platform/ensure-board-built.ts';
import { reasonOf } from '#platform/errors.ts';
import { createLogger, type Logger } from '#platform/logger.ts';

type Addresses = Parameters<(typeof START)['en']['running']>[0];

/** Everything that runs, as `composePact` makes it. */
type Compose = (
  config: Config,
  options: {
    logger: Logger;
    signal: AbortSignal;
    onWaiting: () => void;
    onLost: (error: Error) => void;
  },
) => Promise<{ urls: Addresses; setupLink?: string; stop(): Promise<void> }>;

/**
 * `npm start`: the service as a process, from reading the environment until somebody stops it. A signal stops it
 * at any moment, half started too.
 * @returns the exit code
 */
export async function runPactProcess(compose: Compose): Promise<number> {
  loadDotEnv();
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel, { service: config.services.join(',') });
  const text = START[config.language];

  const ending = new AbortController();
  const { signal } = ending;
  const end = (name: NodeJS.Signals) => {
    if (signal.aborted) return;
    console.error(text.stopping);
    logger.info({ event: 'pact.stopping', signal: name });
    ending.abort();
  };
  // Before anything is opened: what is open when a signal comes is closed.
  process.on('SIGINT', end);
  process.on('SIGTERM', end);

  try {
    await ensureBoardBuilt((line) => console.error(line), signal);
    const pact = await compose(config, {
      logger,
      signal,
      onWaiting: () => console.error(text.waitingForDatabase),
      onLost: (error) => {
        logger.fatal({ event: 'database.lost-for-good', why: reasonOf(error) });
        process.exit(1);
      },
    });
    for (const line of text.running({
      ...pact.urls,
      setupLink: pact.setupLink,
      publicUrl: config.http.publicUrl,
    })) {
      console.error(line);
    }
    if (!signal.aborted) await once(signal, 'abort');
    await pact.stop();
    return 0;
  } catch (error) {
    if (!signal.aborted) throw error;
    // Broken off half-way and closed again: as it was asked to.
    if (error instanceof Error && error.name === 'AbortError') return 0;
    logger.error({ event: 'pact.stop-failed', why: reasonOf(error) });
    return 1;
  }
}
