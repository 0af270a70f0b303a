import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import type { StorageUnderTest } from '../../../sandbox/google/storage/under-test.ts'
import { RunnerUnderTest, type RunnerOptions } from './runner-under-test.ts'
import { type Stores, openStores } from './stores.ts'

type Given = Pick<RunnerOptions, 'wrappingKey'> & Partial<RunnerOptions>

/** Stores for the tests of one file. Each test has a database of its own, and its runners leave after it. */
export function runnersOfThisFile() {
  let stores: Stores
  let current: GoogleClients
  const runners: RunnerUnderTest[] = []

  beforeAll(async () => {
    stores = await openStores()
  })

  beforeEach(() => {
    current = stores.emptyProject()
  })

  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.leave()))
  })

  afterAll(async () => {
    await stores[Symbol.asyncDispose]()
  })

  /** The clients of the current test. */
  const clients: GoogleClients = {
    get documents() {
      return current.documents
    },
    get objects() {
      return current.objects
    },
    get operations() {
      return current.operations
    },
    close: () => current.close(),
  }

  /** Makes a runner and does not start it. */
  const addRunner = (given: Given): RunnerUnderTest => {
    const runner = new RunnerUnderTest({ documents: clients.documents, objects: clients.objects, ...given })
    runners.push(runner)
    return runner
  }

  const startRunner = async (given: Given): Promise<RunnerUnderTest> => {
    const runner = addRunner(given)
    await runner.supervisor.start()
    return runner
  }

  return { clients, addRunner, startRunner, storage: (): StorageUnderTest => stores.storage }
}
