import { defineConfig } from 'vitest/config';
import { LongestFirst } from './services/platform/testing/longest-first.ts';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['{services,device-sim,firmware-bridge}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['services/platform/testing/global-postgres.ts'],
    pool: 'forks',
    // Each file has a database and often a broker of its own: more of them fight over one small machine.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
});
