import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const SYSTEM = ['test/system/**/*.test.ts', 'test/reliability/incidents/**/*.test.ts']
const INTEGRATION = 'test/integration/**/*.test.ts'
/** They talk to the simulator with a stock client of Baileys, which takes seconds of CPU for each file. */
const SIMULATOR = 'sandbox/whatsapp/**/*.test.ts'

/** They drive the dashboard in a real browser. */
const BROWSER = 'test/browser/**/*.test.ts'

/** They compute for most of a minute, and need nothing. Among the pure tests, which come last, one core would compute alone at the end. */
const LONG = [
  'test/reliability/model/ownership.test.ts',
  'test/reliability/fuzz/fuzz.test.ts',
  'test/reliability/deploy/short-deployment.test.ts',
]

/** The projects, those with the longest files first: a long file that starts last would keep one core busy at the end. */
const ORDER = ['long', 'browser', 'system', 'integration', 'simulator', 'unit', 'alone']

/** Within a project, the files that took longest the last time come first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification): number => ORDER.indexOf(project.name)
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}

/** One Firestore emulator for all files that do not harm it, and one bundle of each process of the product. Both only when such a file is run. */
const ONCE = ['test/support/shared-firestore.ts', 'test/support/bundled-processes.ts']
const onEmulator = { globalSetup: ONCE }

/** They load a module with a patch and without it, or look at how a process behaves that has loaded nothing else. */
const ALONE = [
  'runner/src/whatsapp/baileys/compatibility.test.ts',
  'runner/src/whatsapp/baileys/media/download.test.ts',
  'runner/src/whatsapp/baileys/patches/**/*.test.ts',
]

/** The browser's tests need the page, too. */
const inBrowser = { globalSetup: [...ONCE, 'test/browser/built-dashboard.ts'] }

const EVERYWHERE_BUT = ['**/node_modules/**', 'infra/build/**', ...SYSTEM, BROWSER, INTEGRATION, SIMULATOR, ...LONG, ...ALONE]

/** Files of one process load each module once: of the CPU time of the tests of the API that was a third. */
const sharing = { isolate: false, setupFiles: 'test/support/restore-environment.ts' }

export default defineConfig({
  test: {
    pool: 'forks',
    // CI has two cores. Most files start processes of their own, and wait for them a third of the time: with three at once a core in five was idle.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Hundreds of processes load the same modules, and compiling is a quarter of a start. Node keeps what it has compiled, by content.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)) },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Long, because a loaded machine is no reason to fail.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: ['**/*.test.ts'], exclude: EVERYWHERE_BUT, ...sharing } },
      { extends: true, test: { name: 'long', include: LONG } },
      { extends: true, test: { name: 'alone', include: ALONE } },
      { extends: true, test: { name: 'simulator', include: [SIMULATOR], ...sharing } },
      { extends: true, test: { name: 'integration', include: [INTEGRATION], ...sharing, ...onEmulator } },
      { extends: true, test: { name: 'browser', include: [BROWSER], ...sharing, ...inBrowser } },
      { extends: true, test: { name: 'system', include: SYSTEM, ...sharing, ...onEmulator } },
    ],
  },
})
