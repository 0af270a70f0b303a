import { describe, expect, it } from 'vitest'
import { JOB_STATUSES, type JobStatus, advances } from './job-document.ts'

describe('a job', () => {
  it('advances along its course, and never back', () => {
    const course: JobStatus[] = ['pending', 'processing', 'sent', 'delivered', 'read']
    for (const [from, status] of course.entries()) {
      for (const [to, next] of course.entries()) expect(advances(status, next), `${status} to ${next}`).toBe(to > from)
    }
  })

  it.each(['failed', 'canceled'] as const)('that is %s stays so, and an unfinished one can become so', (end) => {
    expect(JOB_STATUSES.some((status) => advances(end, status))).toBe(false)
    expect(advances('pending', end)).toBe(true)
    expect(advances('processing', end)).toBe(true)
  })

  it('is not moved by a receipt for its own status', () => {
    expect(JOB_STATUSES.some((status) => advances(status, status))).toBe(false)
  })

  it('keeps the highest status in any order of receipts', () => {
    const arrive = (receipts: JobStatus[]) =>
      receipts.reduce<JobStatus>((status, receipt) => (advances(status, receipt) ? receipt : status), 'processing')
    expect(arrive(['read', 'sent', 'delivered'])).toBe('read')
    expect(arrive(['delivered', 'read', 'sent', 'delivered'])).toBe('read')
    expect(arrive(['sent', 'sent'])).toBe('sent')
  })
})
