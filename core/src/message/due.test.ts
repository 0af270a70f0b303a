import { describe, expect, it } from 'vitest'
import { dueTimeOf, TASK_REACH_MS, taskFor } from './due.ts'
import { JOB_STATUSES } from './job-document.ts'

const NOW = Date.parse('2026-11-01T12:00:00Z')
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const inMs = (ms: number) => new Date(NOW + ms)

const job = { status: 'pending', queuedAt: inMs(0), sendAt: null, nextAttemptAt: null, generation: 0, attempts: 0 } as const
const later = (ms: number) => ({ ...job, queuedAt: null, sendAt: inMs(ms) })
const retry = (ms: number) => ({ ...job, nextAttemptAt: inMs(ms), attempts: 2, generation: 1 })

describe('a job in the queue', () => {
  it('needs no task', () => {
    expect([dueTimeOf(job), taskFor('j', job, NOW)]).toEqual([null, null])
  })

  it('needs no task although it was for later once', () => {
    expect(taskFor('j', { ...job, sendAt: inMs(-DAY_MS) }, NOW)).toBeNull()
  })
})

describe('a job for later', () => {
  it('has a task that is named after its time', () => {
    const at = inMs(DAY_MS)
    const name = `later-j-${at.getTime()}`
    expect(taskFor('j', later(DAY_MS), NOW)).toEqual({ queue: 'retries', name, payload: { job: 'j' }, at })
  })

  it('has none while its time is out of the reach of tasks', () => {
    expect(taskFor('j', later(TASK_REACH_MS + 1), NOW)).toBeNull()
    expect(taskFor('j', later(TASK_REACH_MS), NOW)).not.toBeNull()
  })

  it('is due at once when it has lost its time', () => {
    const lost = { ...job, queuedAt: null }
    expect([dueTimeOf(lost), taskFor('j', lost, NOW)?.name]).toEqual([new Date(0), 'later-j-0'])
  })
})

describe('a job for a retry', () => {
  it('has a task that is named after the retry by hand and the attempt', () => {
    const at = inMs(5 * MINUTE_MS)
    const payload = { job: 'j', generation: 1, attempt: 2 }
    expect(taskFor('j', retry(5 * MINUTE_MS), NOW)).toEqual({ queue: 'retries', name: 'retry-j-g1-a2', payload, at })
  })
})

describe.each([
  ['later', later],
  ['retry', retry],
])('%s', (_, waiting) => {
  it.each(JOB_STATUSES.filter((status) => status !== 'pending'))('needs no task when it is %s', (status) => {
    expect(taskFor('j', { ...waiting(-DAY_MS), status }, NOW)).toBeNull()
  })
})
