import { describe, expect, test } from 'vitest'
import type { Priority } from '@holdfast/core/message/job-document'
import { byUrgency, comesBefore, type Ordered } from './job-order.ts'

const MINUTE_US = 60_000_000
const NOON_US = Date.UTC(2026, 10, 29, 12) * 1000

interface Queued extends Ordered {
  readonly id: string
}

const job = (id: string, minutes: number, priority: Priority = 'normal', more: Partial<Ordered> = {}): Queued => ({
  id,
  phase: 'waiting',
  createdAtMicros: NOON_US + minutes * MINUTE_US,
  document: { priority, index: 0, sendAt: null },
  ...more,
})

const order = (...jobs: Queued[]): string[] => jobs.toSorted(byUrgency).map(({ id }) => id)

describe('among chats', () => {
  test('a job of high priority overtakes jobs that are up to five minutes older, but no older ones', () => {
    expect(order(job('older', -6), job('old', -4), job('high', 0, 'high'))).toEqual(['older', 'high', 'old'])
  })

  test('a job of low priority is not starved: after half an hour it comes before new jobs', () => {
    expect(order(job('low', 0, 'low'), job('soon after', 29), job('much later', 31))).toEqual(['soon after', 'low', 'much later'])
    expect(order(job('low', 0, 'low'), job('high', 36, 'high'))).toEqual(['low', 'high'])
  })

  test('a job that may be on the wire comes before all others', () => {
    expect(order(job('high', 0, 'high'), job('unknown', 50, 'low', { phase: 'unknown' }))).toEqual(['unknown', 'high'])
  })

  test('jobs of one request go in the order of the request', () => {
    const at = (index: number) => ({ document: { priority: 'normal' as const, index, sendAt: null } })
    expect(order(job('c', 0, 'normal', at(2)), job('a', 0, 'normal', at(0)), job('b', 0, 'normal', at(1)))).toEqual([
      'a',
      'b',
      'c',
    ])
  })
})

describe('within a chat', () => {
  test('jobs for one time go in the order in which they were accepted', () => {
    const sendAt = new Date((NOON_US + 60 * MINUTE_US) / 1000)
    const at = { document: { priority: 'normal' as const, index: 0, sendAt } }
    expect(comesBefore(job('first', 0, 'normal', at), job('second', 1, 'normal', at))).toBe(true)
    expect(comesBefore(job('second', 1, 'normal', at), job('first', 0, 'normal', at))).toBe(false)
  })

  test('the older job goes first, whatever its priority', () => {
    expect(comesBefore(job('low', 0, 'low'), job('high', 1, 'high'))).toBe(true)
    expect(comesBefore(job('high', 1, 'high'), job('low', 0, 'low'))).toBe(false)
  })

  test('a job for later counts from its time, so that it does not overtake what was accepted before that time', () => {
    const later = job('later', -60, 'normal', {
      document: { priority: 'normal', index: 0, sendAt: new Date(NOON_US / 1000 + 10 * 60_000) },
    })
    expect(comesBefore(job('before', 9), later)).toBe(true)
    expect(comesBefore(later, job('after', 11))).toBe(true)
  })
})
