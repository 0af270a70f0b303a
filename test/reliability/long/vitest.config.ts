import { defineConfig } from 'vitest/config'

/** Tests that take minutes each, and are no part of `npm test`. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    include: ['test/**/*.proof.ts'],
    globalSetup: 'test/support/shared-firestore.ts',
  },
})
