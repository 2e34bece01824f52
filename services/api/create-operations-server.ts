import cookie from '@fastify/cookie';
import { PactError } from '#platform/errors.ts';
import type { Logger } from '#platform/logger.ts';
import type { ApiApp } from './context.ts';
import type { Api } from './create-api.ts';
import { answerErrors } from './error-answers.ts';
import { createApp } from './server/create-app.ts';
import { type HttpAddress, listen } from './server/listen.ts';
import { type OperationPorts, operationRoutes, ownChecks } from './server/operations.ts';

/** `/healthz`, `/readyz` and `/metrics` of a process that serves no API, by the same routes. */
export function createOperationsServer(
  config: HttpAddress,
  { logger, ...ports }: Omit<OperationPorts, 'publicUrl'> & { logger: Logger },
): Api {
  let app: ApiApp | undefined;
  let address = '';
  return {
    name: 'operations',
    async start() {
      const context = { ...ports, publicUrl: undefined };
      app = createApp({ trustProxy: false }, logger);
      await app.register(cookie);
      answerErrors(app);
      app.setNotFoundHandler(() => {
        throw new PactError('NOT_FOUND', 'There is nothing at this address.', {
          hint: 'This process serves /healthz, /readyz and /metrics; the API and the board are served by another.',
        });
      });
      operationRoutes(app, context, ownChecks(context));
      address = await listen(app, config);
    },
    async stop() {
      await app?.close();
    },
    address: () => address,
  };
}
