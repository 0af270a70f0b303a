import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { RUNNERS, runnerPath } from '@holdfast/core/operations/runner-document'
import type { Exit, SupervisedProcess } from '../../sandbox/processes.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'
import { runnerDocumentOf } from '../support/runner-documents.ts'

/**
 * Tests the operation of one runner process: how it starts, what its probes answer, and why it leaves. Each test starts runners
 * of its own.
 */

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runners: 0, proxied: true })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

afterEach(async () => {
  await Promise.all(world.sandbox.runners().map((runner) => runner.stop()))
})

/** What the product and Firestore tell each other arrives after `pass`. */
const network = async (how: 'freeze' | 'pass'): Promise<void> => {
  await world.sandbox.proxies?.firestore.change({ how })
}

const documentOf = (of: SupervisedProcess | string) => runnerDocumentOf(world, of)

/** Asks a probe. Null when the process does not answer. */
async function probe(runner: SupervisedProcess, path: '/startup' | '/live'): Promise<{ status: number; reason?: string } | null> {
  try {
    const response = await fetch(`${world.sandbox.probesOf(runner.name)}${path}`)
    return { ...((await response.json()) as object), status: response.status }
  } catch {
    return null
  }
}

const untilReady = (runner: SupervisedProcess) =>
  eventually(async () => expect(await probe(runner, '/startup')).toMatchObject({ status: 200 }))

/** These tests start several processes one after another, each of which takes seconds on a busy machine. */
const SEVERAL_STARTS = { timeout: 120_000 }

const exitOf = (runner: SupervisedProcess) => new Promise<Exit>((resolve) => runner.once('exited', resolve))

describe('probes', () => {
  test(
    'name the missing store while the start waits for it, and report that the process lives; a stop signal ends the wait at once',
    SEVERAL_STARTS,
    async () => {
      await network('freeze')
      world.sandbox.storage.kill('SIGSTOP')
      const runner = await world.sandbox.addRunner()
      try {
        await eventually(async () =>
          expect(await probe(runner, '/startup')).toEqual({
            status: 503,
            reason:
              'Firestore does not answer, or answers with an error. Cloud Storage does not answer, or answers with an error.',
          }),
        )
        expect(await probe(runner, '/live')).toMatchObject({ status: 200 })
        await network('pass')
        await eventually(async () =>
          expect(await probe(runner, '/startup')).toEqual({
            status: 503,
            reason: 'Cloud Storage does not answer, or answers with an error.',
          }),
        )
        const exit = exitOf(runner)
        await runner.stop()
        expect(await exit).toMatchObject({ code: 0, signal: null })
        expect(await documentOf(runner)).toBeNull()
        await runner.start()
        await eventually(async () => expect(await probe(runner, '/startup')).toMatchObject({ status: 503 }))
      } finally {
        await network('pass')
        world.sandbox.storage.kill('SIGCONT')
      }
      await untilReady(runner)
      expect((await documentOf(runner))?.document).toMatchObject({
        state: 'active',
        shortLives: 0,
        workingSince: expect.any(Date),
      })
    },
  )

  test('report a living process during a long absence of Firestore', async () => {
    // The process is in doubt after five times `RUNNER_DEAD_AFTER_MS` without a heartbeat. The outage lasts longer than that.
    const runner = await world.sandbox.addRunner({ HEARTBEAT_INTERVAL_MS: '200', RUNNER_DEAD_AFTER_MS: '1000' })
    await untilReady(runner)
    const answers: (number | undefined)[] = []
    await network('freeze')
    try {
      const until = performance.now() + 8_000
      while (performance.now() < until) {
        answers.push((await probe(runner, '/live'))?.status)
        await pause(200)
      }
    } finally {
      await network('pass')
    }
    expect(new Set(answers)).toEqual(new Set([200]))
    await eventually(async () => {
      const { silentForMs } = (await world.google.documents.query({ collection: RUNNERS }))[0] ?? {}
      expect(silentForMs).toBeLessThan(1000)
    })
    expect(await probe(runner, '/live')).toMatchObject({ status: 200 })
  })

  test('are answered until the runner has finished everything else at a stop', async () => {
    const runner = await world.sandbox.addRunner()
    const chat = await world.linked('draining', { receipts: false })
    const id = (await documentOf(runner))?.id ?? ''
    await chat.fault('hold-acks', { ms: 1500 })
    const job = await chat.send('on its way')
    await world.happens((event) => event.type === 'contact-received' && event.id === job.messageId)
    const stopped = runner.stop()
    const states = new Set<unknown>()
    for (;;) {
      const live = await probe(runner, '/live')
      const document = await world.google.documents.read(runnerPath(id))
      states.add(document?.fields['state'])
      if (live === null) {
        // The process removes its own document, because no other process would.
        expect(document).toBeNull()
        break
      }
      expect(live.status).toBe(200)
    }
    expect(states).toContain('draining')
    await stopped
  })
})

describe('processes of one container that die soon after their starts', () => {
  test('are not counted when they left after a stop signal', async () => {
    const runner = await world.sandbox.addRunner({ CRASH_FREE_MS: '60000' })
    await untilReady(runner)
    await runner.stop()
    await runner.start()
    await untilReady(runner)
    expect((await documentOf(runner))?.document.shortLives).toBe(0)
  })
})
