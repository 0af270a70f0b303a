import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alertPath } from '@holdfast/core/operations/alert-document'
import { type RunnerDocument, RUNNERS, runnerDocumentSchema } from '@holdfast/core/operations/runner-document'
import type { SupervisedProcess } from '../../sandbox/processes.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'

// Tests the counting of restarts where no container has an id, as on Cloud Run: real processes take numbered slots.

let world: EngineWorld

beforeAll(async () => {
  world = await EngineWorld.start({ runners: 0 })
})

afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

afterEach(async () => {
  await Promise.all(world.sandbox.runners().map((runner) => runner.stop()))
})

const NAMELESS = { INSTANCE_ID: '', CRASH_FREE_MS: '60000', RESTART_ALERT_AFTER: '3', RESTART_PAUSE_LIMIT_MS: '1000' }

const SEVERAL_STARTS = { timeout: 180_000 }

/** The runners on the list that are not silent, by their slots. */
async function bySlot(): Promise<Map<number | null, RunnerDocument & { id: string }>> {
  const found = await world.google.documents.query({ collection: RUNNERS })
  const alive = found.filter(({ silentForMs, fields }) => silentForMs <= Number(fields['deadAfterMs']))
  const parsed = alive.map(({ id, fields }) => ({ ...runnerDocumentSchema.parse(fields), id }))
  const inOrder = parsed.toSorted((one, other) => one.startedAt.getTime() - other.startedAt.getTime())
  return new Map(inOrder.map((document) => [document.slot ?? null, document]))
}

const add = (env: Record<string, string> = {}): Promise<SupervisedProcess> => world.sandbox.addRunner({ ...NAMELESS, ...env })

const untilSlots = (...slots: readonly number[]) =>
  eventually(
    async () => expect([...(await bySlot()).keys()].map(Number).toSorted((one, other) => one - other)).toEqual(slots),
    60_000,
  )

const alertOf = async (scope: string) => (await world.google.documents.read(alertPath('crash-loop', scope)))?.fields

test(
  'two that start at once get two slots, a paused one keeps its own, and one that leaves frees its own',
  SEVERAL_STARTS,
  async () => {
    const [, second] = await Promise.all([add(), add()])
    await untilSlots(1, 2)
    // Paused for less than the limit: whoever starts meanwhile must not take its slot.
    const before = await bySlot()
    second.kill('SIGSTOP')
    const third = add()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    second.kill('SIGCONT')
    await third
    await untilSlots(1, 2, 3)
    const after = await bySlot()
    for (const slot of [1, 2]) expect(after.get(slot)?.id).toBe(before.get(slot)?.id)
    expect(after.get(3)?.shortLives).toBe(0)
    // A runner that leaves in order frees its slot, and nothing is counted.
    await second.stop()
    expect((await bySlot()).size).toBe(2)
    await second.start()
    await untilSlots(1, 2, 3)
    for (const { shortLives } of (await bySlot()).values()) expect(shortLives).toBe(0)
  },
)

test('processes that die soon are counted in their slot and slowed down, and an alert tells of it', SEVERAL_STARTS, async () => {
  await add()
  await untilSlots(1)
  const failing = await add()
  await untilSlots(1, 2)
  let last = (await bySlot()).get(2)?.id
  for (let death = 1; death <= 4; death++) {
    failing.kill()
    const next = await eventually(async () => {
      const found = (await bySlot()).get(2)
      if (!found || found.id === last) throw new Error('The next process has no slot yet.')
      return found
    }, 60_000)
    last = next.id
    expect([next.shortLives, next.workingSince === null]).toEqual([death, death >= 3])
  }
  await eventually(async () =>
    expect(await alertOf('slot-2')).toMatchObject({
      state: 'open',
      sentence: 'Each of the last 4 processes of slot 2 died before it had worked for 60 s.',
    }),
  )
  expect(await alertOf('fleet')).toBeUndefined()
  // A process that lasts resolves the alert.
  await failing.stop('SIGKILL')
  await add({ CRASH_FREE_MS: '500' })
  await eventually(async () => expect(await alertOf('slot-2')).toMatchObject({ state: 'resolved' }), 60_000)
})

test('a crash loop of all runners is one alert for the fleet', SEVERAL_STARTS, async () => {
  const runners = await Promise.all([add({ RESTART_ALERT_AFTER: '1' }), add({ RESTART_ALERT_AFTER: '1' })])
  await eventually(async () => expect((await bySlot()).size).toBe(2), 60_000)
  for (const runner of runners) runner.kill()
  await eventually(async () => expect(await alertOf('fleet')).toMatchObject({ state: 'open', severity: 'critical' }), 60_000)
  expect((await alertOf('fleet'))?.['sentence']).toMatch(/^2 of 2 runners are in a crash loop/)
  await Promise.all(runners.map((runner) => runner.stop()))
  await add({ CRASH_FREE_MS: '500' })
  await eventually(async () => expect(await alertOf('fleet')).toMatchObject({ state: 'resolved' }), 60_000)
})
