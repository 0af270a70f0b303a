import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import { alertDocumentSchema, alertPath } from '@holdfast/core/operations/alert-document'
import type { Exit, SupervisedProcess } from '../../sandbox/processes.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'
import { runnerDocumentOf } from '../support/runner-documents.ts'

/** Tests that processes of one container that die soon, or leave soon because of their memory, are slowed down and reported. */

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runners: 0, ownFirestore: true })
})

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

afterEach(async () => {
  await Promise.all(world.sandbox.runners().map((runner) => runner.stop()))
})

const documentOf = (of: SupervisedProcess | string) => runnerDocumentOf(world, of)

/** These tests start several processes one after another, each of which takes seconds on a busy machine. */
const SEVERAL_STARTS = { timeout: 120_000 }

const ownerOf = async (name: string) => (await world.api.session(name)).owner.runnerId

/** Reads the crash-loop alert of a container. Null when it has none. */
async function crashLoopOf(instance: string) {
  const found = await world.google.documents.read(alertPath('crash-loop', instance))
  return found && alertDocumentSchema.strict().parse(found.fields)
}

describe('processes of one container', () => {
  test(
    'are counted; later processes pause before they work, and an alert opens, which ends when a process stays alive',
    SEVERAL_STARTS,
    async () => {
      const container = { INSTANCE_ID: 'a-container-that-fails', RESTART_ALERT_AFTER: '3', RESTART_PAUSE_LIMIT_MS: '1000' }
      const failing = await world.sandbox.addRunner({ ...container, CRASH_FREE_MS: '60000' })
      const alert = () => crashLoopOf(container.INSTANCE_ID)
      let last = ''
      /** Describes the next process: how many died before it, and whether it works at once or waits. */
      const nextLife = () =>
        eventually(async () => {
          const found = await documentOf(container.INSTANCE_ID)
          if (!found || found.id === last) throw new Error('The next process has no document yet.')
          last = found.id
          const { shortLives, workingSince } = found.document
          return `${shortLives} ${workingSince ? 'works' : 'waits'}`
        })
      const lives = [await nextLife()]
      for (let death = 0; death < 2; death++) {
        failing.kill()
        lives.push(await nextLife())
      }
      expect(lives).toEqual(['0 works', '1 works', '2 works'])
      expect(await alert()).toBeNull()

      await world.api.createSession('patient')
      failing.kill()
      expect(await nextLife()).toBe('3 waits')
      await eventually(async () =>
        expect(await alert()).toMatchObject({
          type: 'crash-loop',
          scope: container.INSTANCE_ID,
          severity: 'critical',
          state: 'open',
          count: 1,
          sentence: 'Each of the last 3 processes of this container died before it had worked for 60 s.',
        }),
      )
      await eventually(async () => expect(await ownerOf('patient')).toBe(last))
      const { workingSince, startedAt } = (await documentOf(container.INSTANCE_ID))?.document ?? {}
      expect(Number(workingSince) - Number(startedAt)).toBeGreaterThanOrEqual(900)
      failing.kill()
      expect(await nextLife()).toBe('4 waits')
      await eventually(async () => expect(await alert()).toMatchObject({ state: 'open', count: 2 }))
      expect(await world.logs()).toMatch(/"severity":"ERROR"[^\n]*"shortLives":4[^\n]*Crash loop/)

      // A shorter `CRASH_FREE_MS` makes the next process count as stable after a moment.
      await failing.stop('SIGKILL')
      const lasting = await world.sandbox.addRunner({ ...container, CRASH_FREE_MS: '500' })
      await nextLife()
      await eventually(async () => expect(await alert()).toMatchObject({ state: 'resolved', resolvedAt: expect.any(Date) }))
      lasting.kill()
      expect(await nextLife()).toBe('0 works')
    },
  )

  test('soon after each start pauses longer before each next start, and names the remedy', SEVERAL_STARTS, async () => {
    const container = { INSTANCE_ID: 'a-container-that-is-too-small', RESTART_ALERT_AFTER: '3', RESTART_PAUSE_LIMIT_MS: '2000' }
    // A process takes five looks at its memory, one each second, so that it has worked for longer than `CRASH_FREE_MS` when it
    // leaves.
    const small = { MEMORY_LIMIT_MB: '60', MEMORY_DRAIN_LOOKS: '5', CRASH_FREE_MS: '500' }
    const cramped = await world.sandbox.addRunner({ ...container, ...small })
    const exits: Exit[] = []
    cramped.on('exited', (exit) => exits.push(exit))
    /** How many processes ended too soon before each process, by its id. */
    const lives = new Map<string, number | undefined>()
    while (lives.size < 5) {
      const found = await documentOf(container.INSTANCE_ID)
      if (found) lives.set(found.id, found.document.shortLives)
      const alert = await crashLoopOf(container.INSTANCE_ID)
      // Processes that worked for longer than `CRASH_FREE_MS` do not end the alert, because the alert is about the memory
      // limit.
      if (alert) expect(alert).toMatchObject({ state: 'open', severity: 'critical', scope: container.INSTANCE_ID })
      await pause(50)
    }
    expect([...lives.values()]).toEqual([0, 1, 2, 3, 4])
    const asAsked = { code: 75, signal: null }
    expect(exits.map(({ code, signal }) => ({ code, signal }))).toEqual([asAsked, asAsked, asAsked, asAsked])
    await eventually(async () =>
      expect(await crashLoopOf(container.INSTANCE_ID)).toMatchObject({
        count: 2,
        sentence:
          'Each of the last 4 processes of this container ended too soon, the last one because its memory came to its limit before it had worked for 600 s.',
        userAction: expect.stringContaining('MAX_CONNECTIONS'),
      }),
    )
    const line = new RegExp(`"lastEnd":"memory-limit","pauseMs":(\\d+),"instance":"${container.INSTANCE_ID}"`, 'g')
    const waited = [...(await world.logs()).matchAll(line)].map(([, pauseMs]) => Number(pauseMs))
    expect(waited).toEqual([0, 0, 1000, 2000])

    // A process with enough memory for the required time ends the alert.
    await cramped.stop('SIGKILL')
    const roomy = await world.sandbox.addRunner({ ...container, CRASH_FREE_MS: '500', MEMORY_DRAIN_SOON_MS: '2000' })
    await eventually(async () => expect(await crashLoopOf(container.INSTANCE_ID)).toMatchObject({ state: 'resolved' }))
    await roomy.stop()
  })
})

describe('a runner whose memory reaches its limit', () => {
  test('leaves in order before it is killed, and its sessions go on elsewhere without a loss', SEVERAL_STARTS, async () => {
    const roomy = await world.sandbox.addRunner()
    const chat = await world.linked('heavy')
    // The limit is below what any runner needs, so that each process of this container leaves some seconds after its start.
    const cramped = await world.sandbox.addRunner({ MEMORY_LIMIT_MB: '60', MEMORY_DRAIN_LOOKS: '4' })
    await eventually(async () => expect((await documentOf(cramped))?.document.state).toBe('active'))
    const exits: Exit[] = []
    cramped.on('exited', (exit) => exits.push(exit))
    await roomy.stop()

    const jobs: AcceptedMessage[] = []
    const texts: string[] = []
    while (exits.length < 2) {
      jobs.push(await chat.send(`out ${jobs.length}`))
      texts.push(`in ${texts.length}`)
      await chat.receive(texts.at(-1) ?? '')
      await pause(300)
    }
    expect(exits.map(({ code, signal, expected }) => ({ code, signal, expected }))).toEqual(
      Array.from({ length: 2 }, () => ({ code: 75, signal: null, expected: false })),
    )
    await eventually(async () => {
      const { memory } = (await documentOf(cramped))?.document.resources ?? {}
      expect(memory?.limitBytes).toBe(60 * 1024 * 1024)
      expect(memory?.percentage).toBeGreaterThan(90)
    })

    await roomy.start()
    await eventually(async () => expect(await ownerOf('heavy')).toBe((await documentOf(roomy))?.id))
    await cramped.stop()
    await chat.works()
    for (const job of jobs) await chat.untilStatus(job, 'delivered')
    await eventually(async () => expect((await chat.stored()).toSorted()).toEqual(texts.toSorted()))
    expect((await chat.received()).map(({ text }) => text)).toEqual(jobs.map((_, index) => `out ${index}`))
    expect((await chat.account()).registrations).toBe(1)
    expect(await world.logs()).toMatch(
      /"severity":"WARNING"[^\n]*"message":"The runner uses [\d.]+ % of its memory, for 4 of 4 looks\."/,
    )
    await roomy.stop()
  })
})
