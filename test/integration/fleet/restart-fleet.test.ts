import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FLEET_RESTART_PATH } from '@holdfast/core/operations/fleet-restart-document'
import { FLEET_SIZE_PATH } from '@holdfast/core/operations/fleet-size-document'
import type { Change } from '@holdfast/core/platform/ports'
import type { RunnerPool } from '@holdfast/core/platform/runner-pool'
import { sweep } from '../../../functions/src/use-cases/sweep.ts'
import { QueueUnderTest } from '../queue/queue-under-test.ts'

let queue: QueueUnderTest
beforeAll(async () => {
  queue = await QueueUnderTest.start('main')
})
afterAll(() => queue[Symbol.asyncDispose]())
beforeEach(() => sized(1))

const ask = () => queue.api.post('/api/fleet/restart')

/** Says what the sweep would: how many instances it has told Cloud Run. Nobody has asked for a restart. */
async function sized(instances: number | null): Promise<void> {
  const told = { v: 1, wanted: 1, unplaced: 0, capacity: 50, instances, needed: instances, lowerSince: null, changedAt: null }
  const rest = { changedFrom: null, sentence: 'The fleet has as many runners as its sessions need.' }
  await queue.api.documents.commit([
    { kind: 'merge', path: FLEET_SIZE_PATH, fields: { ...told, ...rest } },
    { kind: 'delete', path: FLEET_RESTART_PATH },
  ])
}

/** A pool of one instance, which takes a restart once however often it is told, like Cloud Run. */
function poolThat(restart: () => Promise<void>) {
  const taken = new Set<string>()
  const pool: RunnerPool = {
    read: () => Promise.resolve({ instances: 1, isSettled: true }),
    resize: () => Promise.resolve(),
    restart: async (requestedAt) => {
      await restart()
      taken.add(requestedAt.toISOString())
    },
    close: () => Promise.resolve(),
  }
  const policy = { minimum: 1, maximum: 1, spare: 0, calmMs: 600_000 }
  const fleet = { pool, policy }
  return { pool: fleet, run: () => sweep({ ...queue.dependencies, fleet }), restarts: () => taken.size }
}

test('a restart that is asked for twice is done once, by the sweep, and the audit log says who asked', async () => {
  const [one, other] = await Promise.all([ask(), ask()])
  expect(one).toMatchObject({ status: 202, body: { startedAt: null, sentence: expect.stringContaining('within a minute') } })
  expect(other.body).toEqual(one.body)
  const { run, restarts } = poolThat(() => Promise.resolve())
  await Promise.all([run(), run()])
  await run()
  expect(restarts()).toBe(1)
  const third = await ask()
  expect(third.body).toMatchObject({ startedAt: expect.any(String), sentence: expect.stringContaining('are being restarted') })
  await run()
  expect(restarts()).toBe(1)
  const { body } = await queue.api.get('/api/audit')
  expect(JSON.stringify(body)).toContain('"operation":"restartFleet"')
})

test('a restart that Cloud Run did not take is tried again by the next run', async () => {
  await ask()
  const failing = poolThat(() => Promise.reject(new Error('14 UNAVAILABLE')))
  await failing.run()
  const { run, restarts } = poolThat(() => Promise.resolve())
  await run()
  expect([failing.restarts(), restarts()]).toEqual([0, 1])
})

test('a restart that Cloud Run took, and that the run could not note, is not done again', async () => {
  await ask()
  const { pool, restarts } = poolThat(() => Promise.resolve())
  const documents: typeof queue.dependencies.documents = Object.create(queue.dependencies.documents, {
    commit: {
      value: (changes: readonly Change[]) =>
        changes.some(({ path }) => path === FLEET_RESTART_PATH)
          ? Promise.reject(new Error('14 UNAVAILABLE'))
          : queue.dependencies.documents.commit(changes),
    },
  })
  await sweep({ ...queue.dependencies, documents, fleet: pool })
  expect((await ask()).body).toMatchObject({ startedAt: null })
  await sweep({ ...queue.dependencies, fleet: pool })
  expect((await ask()).body).toMatchObject({ startedAt: expect.any(String) })
  expect(restarts()).toBe(1)
})

test('is refused with advice where the sweep has no pool', async () => {
  await sized(null)
  expect(await ask()).toMatchObject({
    status: 409,
    body: { code: 'cannot-restart', detail: expect.stringContaining('FLEET_MAX') },
  })
})
