import { defineConfig } from 'vitest/config';

/** Against a real API server, one for each project: what is installed in one would be in the way of the other. */
const onApiServer = {
  globalSetup: ['test/integration/support/global-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
  fileParallelism: false,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['test/integration/**', 'test/manifests/**', 'test/e2e/**', 'node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          ...onApiServer,
        },
      },
      {
        test: {
          name: 'manifests',
          include: ['test/manifests/**/*.test.ts'],
          sequence: { groupOrder: 1 },
          ...onApiServer,
        },
      },
      {
        // on real nodes: `make e2e`; `make test` leaves it out
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/support/global-setup.ts'],
          setupFiles: ['test/e2e/support/keep-state.ts'],
          sequence: { hooks: 'list' }, // state is kept first, then the file's own hooks tidy up
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxConcurrency: 12,
          fileParallelism: false,
        },
      },
    ],
  },
});
