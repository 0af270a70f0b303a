import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import plain from '../../../vitest.config.ts'
import { CATALOGUE } from './catalogue.ts'
import { mutated, productSources } from './sources.ts'

/** Runs the ordinary tests and applies the mutant named by MUTANT to the sources when they are loaded. */
const root = fileURLToPath(new URL('../../..', import.meta.url))
const name = process.env['MUTANT']
const mutant = CATALOGUE.find((known) => known.name === name)
if (name !== undefined && !mutant) throw new Error(`There is no mutant ${name}.`)
const changed = mutant ? mutated(await productSources(), mutant) : new Map<string, string>()

export default mergeConfig(
  plain,
  defineConfig({
    root,
    plugins: [
      {
        name: 'mutant',
        enforce: 'pre',
        transform: (_, id) => changed.get(id) ?? null,
      },
    ],
    // The module cache is off, because modules with and without a mutant must not mix.
    // A run ends at the first failure, and the limits are short, because many mutants make a test wait in vain.
    test: {
      fsModuleCache: false,
      bail: mutant ? 1 : 0,
      testTimeout: 20_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 5000 } },
    },
  }),
)
