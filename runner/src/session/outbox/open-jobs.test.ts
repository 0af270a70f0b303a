import { describe, expect, test } from 'vitest'
import type { JobDocument } from '@holdfast/core/message/job-document'
import { NO_TRACES } from '@holdfast/core/platform/traces'
import { JobTrace } from './job-trace.ts'
import { OpenJobs, type OpenJob } from './open-jobs.ts'

const newJob = (messageId: string, chat: string, createdAtMicros: number, phase: OpenJob['phase'] = 'waiting'): OpenJob => ({
  id: `job-${messageId}`,
  document: { messageId, chat, priority: 'normal', index: 0, sendAt: null } as JobDocument,
  snapshot: null,
  readAtMs: 0,
  isTaken: phase !== 'waiting',
  run: null,
  leaving: null,
  createdAtMicros,
  phase,
  attempts: 0,
  refusals: 0,
  unanswered: 0,
  notBeforeMs: 0,
  lastError: null,
  isAcknowledged: false,
  sentToAll: false,
  message: null,
  cancelTimeout: null,
  trace: new JobTrace(NO_TRACES, `job-${messageId}`, {} as JobDocument),
})

/** Returns the message ids of all jobs in the order in which they would be sent. */
function drained(jobs: OpenJobs): string[] {
  const order: string[] = []
  for (let heads = [...jobs.heads()]; heads.length > 0; heads = [...jobs.heads()]) {
    for (const head of heads) {
      order.push(head.document.messageId)
      jobs.remove(head)
    }
  }
  return order
}

const filledWith = (...all: OpenJob[]): OpenJobs => {
  const jobs = new OpenJobs((chat) => chat)
  for (const job of all) jobs.add(job)
  return jobs
}

describe('in one chat', () => {
  test('the older job comes first, in whatever order the jobs were added', () => {
    expect(drained(filledWith(newJob('c', 'x', 3), newJob('a', 'x', 1), newJob('b', 'x', 2)))).toEqual(['a', 'b', 'c'])
  })

  test('a job that may have been on the wire goes before older jobs that were never sent', () => {
    const jobs = filledWith(
      newJob('waiting', 'x', 1),
      newJob('unknown 2', 'x', 5, 'unknown'),
      newJob('unknown 1', 'x', 4, 'unknown'),
    )
    expect(drained(jobs)).toEqual(['unknown 1', 'unknown 2', 'waiting'])
  })

  test('jobs of the same instant keep the order in which they were added', () => {
    expect(drained(filledWith(newJob('first', 'x', 1), newJob('second', 'x', 1)))).toEqual(['first', 'second'])
  })

  test('an older job that is added later does not displace the job on the wire', () => {
    const jobs = filledWith(newJob('on the wire', 'x', 5, 'sending'))
    jobs.add(newJob('older', 'x', 1))
    expect([...jobs.heads()].map(({ document }) => document.messageId)).toEqual(['on the wire'])
  })

  test('only one job is the head', () => {
    expect([...filledWith(newJob('a', 'x', 1), newJob('b', 'x', 2)).heads()]).toHaveLength(1)
  })
})

describe('over all chats', () => {
  test('each chat has a head', () => {
    const jobs = filledWith(newJob('a', 'x', 1), newJob('b', 'y', 2), newJob('c', 'x', 3))
    expect([...jobs.heads()].map(({ document }) => document.messageId)).toEqual(['a', 'b'])
  })

  test('a job is found by its message id until it is removed', () => {
    const job = newJob('a', 'x', 1)
    const jobs = filledWith(job, newJob('b', 'x', 2))
    expect([jobs.get('a'), jobs.size, [...jobs.all()].length]).toEqual([job, 2, 2])
    jobs.remove(job)
    expect([jobs.get('a'), jobs.size]).toEqual([undefined, 1])
    jobs.remove(job)
    expect(drained(jobs)).toEqual(['b'])
  })
})

describe('two names of one contact', () => {
  const jobsOf = (contactOf: (chat: string) => string, ...all: OpenJob[]): OpenJobs => {
    const jobs = new OpenJobs(contactOf)
    for (const job of all) jobs.add(job)
    return jobs
  }
  const all = () => [newJob('M1', 'pn', 1), newJob('M2', 'lid', 2), newJob('M3', 'pn', 3), newJob('M4', 'lid', 4)]

  test('share one order', () => {
    expect(drained(jobsOf(() => 'ana', ...all()))).toEqual(['M1', 'M2', 'M3', 'M4'])
  })

  test('share it from the moment at which the contact becomes known', () => {
    let isKnown = false
    const jobs = jobsOf((chat) => (isKnown ? 'ana' : chat), ...all())
    expect([...jobs.heads()].map(({ document }) => document.messageId)).toEqual(['M1', 'M2'])
    isKnown = true
    expect([...jobs.heads()].map(({ document }) => document.messageId)).toEqual(['M1'])
  })

  test('wait for a job on its way under the other name, even a later one', () => {
    const jobs = jobsOf(() => 'ana', newJob('M1', 'pn', 1), newJob('M2', 'lid', 2, 'sending'))
    expect([...jobs.heads()].map(({ document }) => document.messageId)).toEqual(['M2'])
  })
})
