import { existsSync } from 'node:fs';

/** Settings from `.env` in the working folder, where there is one; the environment itself goes before it. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
