import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{core,functions,runner,test}/**/*.test.ts'],
    globalSetup: 'test/shared-firestore.ts',
    pool: 'forks',
    // The machine that counts has two cores, and most files start processes of their own.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes or not; a loaded machine is no reason to fail.
    expect: { poll: { timeout: 15_000 } },
  },
})
