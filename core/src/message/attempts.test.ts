import { describe, expect, it } from 'vitest'
import { isCertainlyUnsent, isExpired, refusalsOf } from './attempts.ts'
import { JOB_STATUSES, type JobDocument, type JobStatus } from './job-document.ts'

/** Makes a timeline of entries like `pending` or `processing 1`. */
const timelineOf = (...entries: string[]): JobDocument['timeline'] =>
  entries.map((entry, second) => {
    const [status, attempt] = entry.split(' ')
    const at = new Date(second * 1000)
    return { status: status as JobStatus, at, ...(attempt === undefined ? {} : { attempt: Number(attempt) }) }
  })

describe('a message', () => {
  it.each([
    ['that was never attempted', ['pending']],
    ['whose attempts were all refused', ['pending', 'processing 1', 'pending 1', 'processing 2', 'pending 2']],
    ['that failed by a refusal and was retried by hand', ['pending', 'processing 1', 'failed', 'pending']],
    ['that was moved', ['pending', 'processing 1', 'pending 1', 'pending']],
  ])('%s is certainly unsent', (_, entries) => {
    expect(isCertainlyUnsent({ timeline: timelineOf(...entries) })).toBe(true)
  })

  it.each([
    ['whose attempt has no answer', ['pending', 'processing 1']],
    ['whose first attempt has no answer although the next was refused', ['pending', 'processing 1', 'processing 2', 'pending 2']],
    ['that failed after an attempt without an answer', ['pending', 'processing 1', 'processing 2', 'failed', 'pending']],
    ['that returned to the queue without an answer', ['pending', 'processing 1', 'pending']],
    ['that was sent', ['pending', 'processing 1', 'sent', 'pending']],
  ])('%s may be on the wire', (_, entries) => {
    expect(isCertainlyUnsent({ timeline: timelineOf(...entries) })).toBe(false)
  })
})

describe('the refusals of a message', () => {
  const refusedTwice = timelineOf('pending', 'processing 1', 'pending 1', 'processing 2', 'pending 2')

  it('are counted, and attempts without an answer are not', () => {
    expect(refusalsOf({ timeline: refusedTwice })).toBe(2)
    expect(refusalsOf({ timeline: timelineOf('pending', 'processing 1', 'processing 2', 'pending 2') })).toBe(1)
  })

  it.each([
    ['a retry by hand', { by: 'api', why: 'retried' }],
    ['a move to another session', { by: 'failover', why: 'session-down', session: 'default.other' }],
  ])('are counted anew after %s', (_, entry) => {
    const timeline = [...refusedTwice, { status: 'pending' as const, at: new Date(9000), ...entry }]
    expect(refusalsOf({ timeline })).toBe(0)
    expect(refusalsOf({ timeline: [...timeline, ...timelineOf('processing 3', 'pending 3')] })).toBe(1)
  })
})

describe('a pending message', () => {
  const expiresAt = new Date(10_000)
  const job = { status: 'pending', expiresAt, timeline: timelineOf('pending') } as const

  it('expires at its time', () => {
    expect([isExpired(job, 9_999), isExpired(job, 10_000)]).toEqual([false, true])
    expect(isExpired({ ...job, expiresAt: null }, 10_000)).toBe(false)
  })

  it('never expires when it may be on the wire', () => {
    expect(isExpired({ ...job, timeline: timelineOf('pending', 'processing 1', 'pending') }, 10_000)).toBe(false)
  })

  it.each(JOB_STATUSES.filter((status) => status !== 'pending'))('that became %s does not expire', (status) => {
    expect(isExpired({ ...job, status }, 10_000)).toBe(false)
  })
})
