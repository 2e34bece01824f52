import { defineConfig } from 'vitest/config';
import { LongestFirst } from './services/platform/testing/longest-first.ts';

/** What starts services, browsers or PostgreSQL servers of its own, or changes the process that it runs in. */
const PROCESSES = [
  'device-sim/**/*.test.ts',
  'services/*.test.ts',
  'services/{platform,cli,backup,board/e2e}/**/*.test.ts',
  'firmware-bridge/*.test.ts',
];
const shared = {
  environment: 'node',
  pool: 'forks',
  setupFiles: ['services/platform/testing/compare-temporal.ts'],
  testTimeout: 30_000,
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    globalSetup: ['services/platform/testing/global-postgres.ts'],
    sequence: { sequencer: LongestFirst },
    teardownTimeout: 20_000,
    projects: [
      {
        test: {
          ...shared,
          name: 'processes',
          include: PROCESSES,
          // More of them fight over one small machine.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'parts',
          include: ['{services,device-sim,firmware-bridge}/**/*.test.ts'],
          exclude: [...PROCESSES, '**/node_modules/**'],
          // Each file has a database of its own and leaves nothing behind: what one has loaded the next one finds.
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
