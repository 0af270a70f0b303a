import { jobPath } from '@holdfast/core/message/job-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { expect, it } from 'vitest'
import { MemoryDocuments } from '../queue/memory-documents.ts'
import { QueueSource } from '../../../functions/src/use-cases/events/queue-source.ts'

const principal = { key: 'k', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null } as const

/** So many that the figures of each are counted at every other count only. */
const names = Array.from({ length: 20 }, (_, number) => `session-${number}`)

it('tells the figures of each session once their time has come, though nothing else happens', async () => {
  const documents = new MemoryDocuments()
  for (const name of names) {
    await documents.commit([{ kind: 'create', path: `${SESSIONS}/default.${name}`, fields: { tenant: 'default' } }])
  }
  const told: unknown[] = []
  let [now, next] = [0, Promise.withResolvers<() => void>()]
  const clock: Clock = {
    ...systemClock,
    monotonic: () => now,
    after: (_, callback) => {
      next.resolve(callback)
      return () => {}
    },
  }
  const source = new QueueSource({ documents, clock, logger: createLogger('api', 'silent') }, principal, ({ data }) =>
    told.push(data),
  )
  /** Lets the next count happen, and waits for it. */
  const count = async (at: number): Promise<void> => {
    const begin = await next.promise
    next = Promise.withResolvers()
    now = at
    begin()
    await next.promise
  }
  await source.opened
  const fields = { tenant: 'default', sessionId: 'default.session-7', status: 'pending', queuedAt: new Date(1), sendAt: null }
  await documents.commit([{ kind: 'create', path: jobPath('one'), fields }])
  await count(1500)
  expect(told).toHaveLength(2)
  expect(told[1]).toMatchObject({ waiting: 1, sessions: { 'session-7': { waiting: 0 } } })
  await count(3000)
  expect(told).toHaveLength(3)
  expect(told[2]).toMatchObject({ waiting: 1, sessions: { 'session-7': { waiting: 1 } } })
  await count(4500)
  expect(told).toHaveLength(3)
  source.close()
})
