import { PactError } from '#platform/errors.ts';
import type { ApiApp } from '../context.ts';

/** Where to listen; port 0 takes a free one. */
export type HttpAddress = { host: string; port: number };

/**
 * @returns where it listens, such as `http://127.0.0.1:8080`
 * @throws PactError PORT_IN_USE
 */
export async function listen(app: ApiApp, { host, port }: HttpAddress): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PactError('PORT_IN_USE', `Port ${port} is taken by another program.`, {
      cause: error,
      hint: 'Set PACT_HTTP_PORT to a free one, or stop the other program; a process without the api also runs with off.',
    });
  }
}
