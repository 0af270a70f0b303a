import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import plain from '../../../vitest.config.ts'
import { CATALOGUE } from './catalogue.ts'
import { mutated, productSources } from './sources.ts'

/** The ordinary tests, with the mutant of MUTANT applied to the sources as they are loaded. */
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
    // What was loaded with a mutant must not be loaded again without it, nor the other way round.
    // The first test that notices is enough, and what is waited for in vain is not waited for long.
    test: {
      fsModuleCache: false,
      bail: mutant ? 1 : 0,
      testTimeout: 20_000,
      hookTimeout: 60_000,
      expect: { poll: { timeout: 5000 } },
    },
  }),
)
