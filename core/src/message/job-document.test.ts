import { describe, expect, it } from 'vitest'
import { JOB_STATUSES, type JobStatus, advances, jobDocumentSchema } from './job-document.ts'

describe('a job', () => {
  it('advances along its course, and never back', () => {
    const course: JobStatus[] = ['pending', 'processing', 'sent', 'delivered', 'read']
    for (const [from, status] of course.entries()) {
      for (const [to, next] of course.entries()) expect(advances(status, next), `${status} to ${next}`).toBe(to > from)
    }
  })

  it('that is canceled stays so', () => {
    expect(JOB_STATUSES.some((status) => advances('canceled', status))).toBe(false)
  })

  it('that has failed is corrected when WhatsApp turns out to have it, and one that WhatsApp has does not fail', () => {
    for (const status of ['sent', 'delivered', 'read'] as const) {
      expect(advances('failed', status)).toBe(true)
      expect(advances(status, 'failed')).toBe(false)
    }
    expect(advances('failed', 'pending')).toBe(false)
    expect(advances('failed', 'processing')).toBe(false)
  })

  it.each(['failed', 'canceled'] as const)('that is unfinished can become %s', (end) => {
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

  it('is readable whatever stands where its trace should, and keeps a trace that it has', () => {
    const job = {
      v: 1,
      tenant: 'default',
      sessionId: 'default.shop',
      chat: '491700000001@s.whatsapp.net',
      type: 'text',
      content: Buffer.from('sealed'),
      requestHash: 'hash',
      messageId: '3EB0A1',
      status: 'pending',
      createdAt: new Date(),
      queuedAt: new Date(),
      timeline: [],
    }
    const traceOf = (fields: object) => jobDocumentSchema.parse({ ...job, ...fields }).traceparent
    expect([{}, { traceparent: null }, { traceparent: 7 }, { traceparent: '00-a' }].map(traceOf)).toEqual([
      undefined,
      null,
      null,
      '00-a',
    ])
  })
})
