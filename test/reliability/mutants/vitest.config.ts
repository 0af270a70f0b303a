import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import plain from '../../../vitest.config.ts'

/** Runs the ordinary tests and puts the sources of the file MUTATED, by their absolute paths, in the place of those on the disk. */
const root = fileURLToPath(new URL('../../..', import.meta.url))
const file = process.env['MUTATED']
const changed = new Map(file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')) as [string, string][]))

export default mergeConfig(
  plain,
  defineConfig({
    root,
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        transform: (_, id) => changed.get(id) ?? null,
        // A module with a mutant stays out of the cache of modules, so that the two never mix.
        configureVitest: ({ defineCacheKeyGenerator }) => defineCacheKeyGenerator(({ id }) => (changed.has(id) ? false : null)),
      },
    ],
    // A run ends at the first failure, and the limits are short, because many mutants make a test wait in vain.
    test: {
      bail: file === undefined ? 0 : 1,
      testTimeout: 20_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 5000 } },
    },
  }),
)
