import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { healthPath, FLEET_SCOPE } from '@holdfast/core/operations/health-document'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentStore, ListenerEvent } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { FleetVerdict } from './fleet-verdict.ts'

const MINUTE_MS = 60_000

let listening: { onEvents: (events: ListenerEvent[]) => void; onError: (error: unknown) => void; ended: boolean }[]
let changes: number
let feed: FleetVerdict

beforeEach(() => {
  vi.useFakeTimers()
  listening = []
  changes = 0
  const documents = {
    listen: (_: unknown, onEvents: (events: ListenerEvent[]) => void, onError: (error: unknown) => void) => {
      const entry = { onEvents, onError, ended: false }
      listening.push(entry)
      return () => {
        entry.ended = true
      }
    },
  } as unknown as DocumentStore
  feed = new FleetVerdict({ documents, clock: systemClock, logger: createLogger('test', 'silent'), runnerId: 'r1' })
  feed.start(() => changes++)
})

afterEach(() => {
  feed.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

const since = new Date(1)
const at = new Date(0)

function tell(
  outage: unknown,
  { kind = 'modified', silentForMs = 0 }: { kind?: ListenerEvent['kind']; silentForMs?: number } = {},
): void {
  const fields = { v: 1, scope: FLEET_SCOPE, status: 'critical', since: at, measuredAt: at, outage }
  const document = { path: healthPath(FLEET_SCOPE), id: FLEET_SCOPE, fields, silentForMs } as unknown as ListenerEvent['document']
  listening.at(-1)?.onEvents([{ kind, document }])
}

const whatsapp = { verdict: 'whatsapp', since, runners: [] }

test('without a document there is no outage', () => {
  expect(feed.present.verdict).toBe('none')
  listening[0]?.onEvents([])
  expect(feed.present.verdict).toBe('none')
  tell(null)
  expect(feed.present.verdict).toBe('none')
})

test('the verdict of the document holds for the runners that it names', () => {
  tell(whatsapp)
  expect(feed.present).toEqual({ verdict: 'whatsapp', sinceMs: 1, isAnywhere: true })
  tell({ ...whatsapp, runners: ['r2'] })
  expect(feed.present).toEqual({ verdict: 'none', sinceMs: 1, isAnywhere: true })
  expect(changes).toBe(2)
})

test('a verdict that nobody renews is believed for five minutes, so that dead functions block nothing', async () => {
  tell(whatsapp)
  await vi.advanceTimersByTimeAsync(5 * MINUTE_MS)
  expect(feed.present.verdict).toBe('whatsapp')
  await vi.advanceTimersByTimeAsync(1)
  expect(feed.present).toEqual({ verdict: 'none', sinceMs: 1, isAnywhere: false })
  tell(whatsapp)
  expect(feed.present.verdict).toBe('whatsapp')
})

test('a verdict that was old when it was heard counts for nothing', () => {
  tell(whatsapp, { silentForMs: 6 * MINUTE_MS })
  expect(feed.present.verdict).toBe('none')
})

test('a document that is removed or damaged is no outage', () => {
  tell(whatsapp)
  tell(whatsapp, { kind: 'removed' })
  expect(feed.present.verdict).toBe('none')
  tell(whatsapp)
  tell('rain')
  expect(feed.present.verdict).toBe('none')
})

test('a listener that fails is followed by another, and none after the end', async () => {
  listening[0]?.onError(new Error('away'))
  await vi.advanceTimersByTimeAsync(5000)
  expect(listening).toHaveLength(2)
  listening[1]?.onError(new Error('away'))
  feed.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(listening).toHaveLength(2)
})
