import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import type { RunnerOptions, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'

// Tests that a session which hangs or breaks delays no other one, in complete runners without WhatsApp.

const { clients, startRunner: start } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))

let opening: NodeJS.Timeout

afterEach(() => clearInterval(opening))

/** Starts a runner in which every dial succeeds. */
async function startRunner(options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> {
  const runner = await start({ wrappingKey, ...options })
  const opened = new Set<unknown>()
  opening = setInterval(() => {
    for (const dial of runner.dials) {
      if (opened.has(dial) || dial.isOver) continue
      opened.add(dial)
      dial.events.onOpen()
    }
  }, 20)
  return runner
}

const newSession = () => new SessionUnderTest(clients.documents, wrappingKey).create()

const isConnected = (runner: RunnerUnderTest, { sessionId }: SessionUnderTest) =>
  runner.sessions.get(sessionId)?.status.state === 'CONNECTED'

/** The time in which a session that nothing delays is connected, on a busy machine. */
const SOON = { timeout: 5000 }

/** A store that gives no answer to reads of one document until `release`. */
function hanging(path: () => string) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const real = clients.documents
  let asked = 0
  const documents: DocumentStore = {
    commit: (changes) => real.commit(changes),
    read: async (wanted) => {
      if (wanted === path()) {
        asked++
        await released
      }
      return real.read(wanted)
    },
    query: (query) => real.query(query),
    listen: (query, onEvents, onError) => real.listen(query, onEvents, onError),
  }
  return { documents, release, timesAsked: () => asked }
}

describe('while one session hangs', { timeout: 60_000 }, () => {
  test.each([
    ['in its claim', sessionPath],
    ['in the reading of its state', sessionKeyPath],
  ])('%s, others that are there and others that come later are opened', async (_, pathOf) => {
    const stuck = await newSession()
    const others = await Promise.all([newSession(), newSession()])
    const { documents, release, timesAsked } = hanging(() => pathOf(stuck.sessionId))
    const runner = await startRunner({ documents })
    await expect.poll(timesAsked, SOON).toBeGreaterThan(0)
    for (const other of others) await expect.poll(() => isConnected(runner, other), SOON).toBe(true)
    const late = await newSession()
    await expect.poll(() => isConnected(runner, late), SOON).toBe(true)
    expect(isConnected(runner, stuck)).toBe(false)
    release()
    await expect.poll(() => isConnected(runner, stuck), SOON).toBe(true)
  })
})

test('a session that throws at each connection delays no other', { timeout: 60_000 }, async () => {
  const broken = await newSession()
  let attempts = 0
  const runner = await startRunner({
    onClient: ({ logger }) => {
      if (logger.bindings()['session'] !== broken.sessionId) return
      attempts++
      throw new Error('broken on purpose')
    },
  })
  await expect.poll(() => attempts, SOON).toBeGreaterThan(0)
  for (let round = 0; round < 3; round++) {
    const other = await newSession()
    await expect.poll(() => isConnected(runner, other), SOON).toBe(true)
  }
})
