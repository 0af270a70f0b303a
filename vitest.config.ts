import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Those that take a minute and more, the longest first: one that begins last would keep a single core busy at the end. */
const LONG = [
  'test/reliability/chaos/chaos',
  'test/system/storage-modes',
  'test/system/runner-process',
  'test/system/past',
  'test/system/sandbox',
  'test/system/people-after-kills',
  'test/system/handover',
  'test/system/crash-loop',
  'test/system/recovery',
  'test/system/disconnects',
  'test/reliability/crashpoints/crashpoints',
  'test/system/story',
  'test/system/people',
  'test/integration/facts/received-message',
]

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONG.findIndex((path) => moduleId.endsWith(`${path}.test.ts`))
      return index === -1 ? LONG.length : index
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}

export default defineConfig({
  test: {
    include: ['{core,functions,runner,infra,sandbox,test}/**/*.test.ts'],
    globalSetup: 'test/support/shared-firestore.ts',
    pool: 'forks',
    // The machine that counts has two cores. Most files start processes of their own, and wait for them a third of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What is waited for comes or not; a loaded machine is no reason to fail.
    expect: { poll: { timeout: 15_000 } },
  },
})
