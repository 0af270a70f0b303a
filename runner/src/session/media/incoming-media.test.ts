import type { Clock, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, expect, test } from 'vitest'
import { IncomingMedia, type IncomingMediaOptions } from './incoming-media.ts'

let nowMs: number
let timers: { readonly dueMs: number; readonly run: () => void }[]
/** The number of times that the list of pending media was asked for. */
let asked: number

const clock: Clock = {
  ...systemClock,
  now: () => nowMs,
  after: (ms, run) => {
    const timer = { dueMs: nowMs + ms, run }
    timers.push(timer)
    return () => void (timers = timers.filter((one) => one !== timer))
  },
}

const documents = {
  query: async (_query: Query) => {
    asked++
    throw new Error('The store is away.')
  },
} as unknown as DocumentStore

const media = (): IncomingMedia =>
  new IncomingMedia({
    sessionId: 'default.main',
    documents,
    clock,
    state: { isRetired: false, journal: { ended: null } },
    logger: createLogger('test', 'silent'),
  } as unknown as IncomingMediaOptions)

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

beforeEach(() => {
  nowMs = 1_790_000_000_000
  timers = []
  asked = 0
})

test('what is pending is asked for again after a pause, when it could not be read', async () => {
  media().start()
  await turns()
  expect(asked).toBe(1)
  nowMs += 10_000
  for (const { run } of timers.splice(0)) run()
  await turns()
  expect(asked).toBe(2)
})

test('nothing waits for it after the end', async () => {
  const incoming = media()
  incoming.start()
  await turns()
  incoming.stop()
  expect(timers).toEqual([])
})
