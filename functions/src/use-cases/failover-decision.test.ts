import type { JobDocument } from '@holdfast/core/message/job-document'
import { JOB_STATUSES } from '@holdfast/core/message/job-document'
import { describe, expect, it } from 'vitest'
import { decideMove } from './failover-decision.ts'
import type { SessionCondition } from './session-condition.ts'

const NOW = Date.parse('2026-11-01T12:00:00Z')
const MINUTE_MS = 60_000
const at = (minutes: number) => new Date(NOW + minutes * MINUTE_MS)

const [A, B, C] = ['default.a', 'default.b', 'default.c']

const connected = (sessionId: string): SessionCondition => ({ sessionId, isConnected: true, comesBack: false, downForMs: 0 })
const down = (sessionId: string, minutes: number): SessionCondition => ({
  sessionId,
  isConnected: false,
  comesBack: true,
  downForMs: minutes * MINUTE_MS,
})

const ACCEPTED = { status: 'pending', at: at(-60) } as const
const attempted = (attempt: number) => ({ status: 'processing', at: at(-30), attempt }) as const
const refusedAttempt = (attempt: number) => ({ status: 'pending', at: at(-29), attempt }) as const
const movedTo = (session: string, why: string) => ({ status: 'pending', at: at(-20), by: 'failover', why, session }) as const

const job = (changes: Partial<JobDocument> = {}): JobDocument => ({
  v: 1,
  tenant: 'default',
  sessionId: A,
  chat: '5511999990000@s.whatsapp.net',
  type: 'text',
  content: Buffer.of(1),
  requestHash: 'hash',
  messageId: 'M',
  status: 'pending',
  createdAt: at(-60),
  queuedAt: at(-60),
  timeline: [ACCEPTED],
  attempts: 0,
  lastAttemptAt: null,
  nextAttemptAt: null,
  failedAt: null,
  lastError: null,
  priority: 'normal',
  index: 0,
  sendAt: null,
  expiresAt: null,
  retryDelaysMs: null,
  generation: 0,
  pool: 'sales',
  hold: null,
  firstSession: null,
  ...changes,
})

/** A job that WhatsApp refused, and that waits for its next attempt. */
const refused = (code = 'whatsapp-463', changes: Partial<JobDocument> = {}): JobDocument =>
  job({
    attempts: 1,
    lastError: { code, message: 'Refused.' },
    nextAttemptAt: at(5),
    timeline: [ACCEPTED, attempted(1), refusedAttempt(1)],
    ...changes,
  })

const decide = (moving: JobDocument, ...pool: readonly SessionCondition[]) =>
  decideMove(moving, {
    pool,
    own: pool.find(({ sessionId }) => sessionId === moving.sessionId) ?? null,
    failoverAfterMs: 5 * MINUTE_MS,
    nowMs: NOW,
  })

describe('a message whose session is down', () => {
  it('moves to the first connected session of its pool after the time of the tenant', () => {
    expect(decide(job(), down(A, 5), connected(B), connected(C))).toBeNull()
    expect(decide(job(), down(A, 5.1), connected(B), connected(C))).toEqual({ to: B, why: 'session-down' })
    expect(decide(job(), down(A, 5.1), down(B, 1), connected(C))).toEqual({ to: C, why: 'session-down' })
  })

  it('stays when no other session is connected', () => {
    expect(decide(job(), down(A, 60), down(B, 1))).toBeNull()
    expect(decide(job(), down(A, 60))).toBeNull()
  })

  it('stays when it names no pool', () => {
    expect(decide(job({ pool: null }), down(A, 60), connected(B))).toBeNull()
  })

  it('moves on although it waits for a retry, or was refused before', () => {
    expect(decide(refused('send-failed'), down(A, 60), connected(B))).toEqual({ to: B, why: 'session-down' })
  })

  it('moves back when its second session goes down and its first one is back', () => {
    const moved = job({ sessionId: B, firstSession: A, timeline: [ACCEPTED, movedTo(B, 'session-down')] })
    expect(decide(moved, connected(A), down(B, 60))).toEqual({ to: A, why: 'session-down' })
  })

  it('stays when it is for later, or has expired', () => {
    expect(decide(job({ queuedAt: null, sendAt: at(60) }), down(A, 60), connected(B))).toBeNull()
    expect(decide(job({ expiresAt: at(-1) }), down(A, 60), connected(B))).toBeNull()
  })

  it.each(JOB_STATUSES.filter((status) => status !== 'pending'))('stays when it is %s', (status) => {
    expect(decide(job({ status }), down(A, 60), connected(B))).toBeNull()
  })

  it.each([
    ['whose attempt has no answer', [ACCEPTED, attempted(1)]],
    ['with an attempt without an answer before the refused one', [ACCEPTED, attempted(1), attempted(2), refusedAttempt(2)]],
    ['that was retried by hand after an attempt without an answer', [ACCEPTED, attempted(1), { ...ACCEPTED, why: 'retried' }]],
  ])('stays, because it may be on the wire: %s', (_, timeline) => {
    expect(decide(job({ attempts: 2, timeline }), down(A, 60), connected(B))).toBeNull()
  })
})

describe('a message whose session is connected', () => {
  it('stays while nothing speaks against it', () => {
    expect(decide(job(), connected(A), connected(B))).toBeNull()
  })

  it.each(['whatsapp-463', 'whatsapp-479'])('moves when WhatsApp refused it with %s', (code) => {
    expect(decide(refused(code), connected(A), connected(B))).toEqual({ to: B, why: 'refused' })
  })

  it('stays when the attempt failed in the session itself', () => {
    expect(decide(refused('send-failed'), connected(A), connected(B))).toBeNull()
  })

  it('moves when WhatsApp announced a lock for longer than the time of the tenant', () => {
    for (const reason of ['reach-out-lock', 'message-cap']) {
      expect(decide(job({ hold: { reason, until: at(5) } }), connected(A), connected(B))).toBeNull()
      expect(decide(job({ hold: { reason, until: at(6) } }), connected(A), connected(B))).toEqual({ to: B, why: 'locked' })
    }
  })

  it('stays when the pace of its session holds it', () => {
    expect(decide(job({ hold: { reason: 'daily-limit', until: at(600) } }), connected(A), connected(B))).toBeNull()
  })

  it('does not go back to a session that refused it', () => {
    const timeline = [ACCEPTED, attempted(1), refusedAttempt(1), movedTo(B, 'refused'), attempted(2), refusedAttempt(2)]
    const refusedTwice = refused('whatsapp-463', { sessionId: B, firstSession: A, timeline })
    expect(decide(refusedTwice, connected(A), connected(B))).toBeNull()
    expect(decide(refusedTwice, connected(A), connected(B), connected(C))).toEqual({ to: C, why: 'refused' })
  })

  it('may go back after a retry by hand', () => {
    const before = [ACCEPTED, attempted(1), refusedAttempt(1), movedTo(B, 'refused')]
    const byHand = { ...ACCEPTED, by: 'api', why: 'retried' }
    const timeline = [...before, byHand, attempted(2), refusedAttempt(2)]
    const again = refused('whatsapp-463', { sessionId: B, firstSession: A, timeline })
    expect(decide(again, connected(A), connected(B))).toEqual({ to: A, why: 'refused' })
  })

  it('stays after a move until something happens to it there', () => {
    const timeline = [ACCEPTED, attempted(1), refusedAttempt(1), movedTo(B, 'refused')]
    expect(decide(job({ sessionId: B, firstSession: A, timeline, attempts: 1 }), connected(A), connected(B))).toBeNull()
  })
})

it('a message of a session that is gone, or is not in the pool any more, moves by the condition of that session', () => {
  const facts = { pool: [connected(B)], failoverAfterMs: 5 * MINUTE_MS, nowMs: NOW }
  expect(decideMove(job(), { ...facts, own: down(A, 60) })).toEqual({ to: B, why: 'session-down' })
  expect(decideMove(job(), { ...facts, own: null })).toBeNull()
})
