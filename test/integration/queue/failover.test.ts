import { jobPath } from '@holdfast/core/message/job-document'
import { openJobContent } from '@holdfast/core/message/sealed-content'
import { poolPath } from '@holdfast/core/operations/pool-document'
import { tenantPath } from '@holdfast/core/operations/tenant-document'
import type { Fields } from '@holdfast/core/platform/ports'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { moveJob } from '../../../functions/src/use-cases/move-job.ts'
import { sweep } from '../../../functions/src/use-cases/sweep.ts'
import { HOUR_MS, MINUTE_MS, QueueUnderTest } from './queue-under-test.ts'

let queue: QueueUnderTest
let jobs: string[] = []
beforeAll(async () => {
  queue = await QueueUnderTest.start('a', 'b', 'c')
  const fields = { v: 1, tenant: 'default', name: 'sales', sessions: ['a', 'b'], changedAt: new Date() }
  await queue.api.documents.commit([{ kind: 'create', path: poolPath('default', 'sales'), fields }])
})
afterAll(() => queue[Symbol.asyncDispose]())
beforeEach(async () => {
  for (const job of jobs) await queue.write(job, { status: 'canceled', pool: null })
  jobs = []
  queue.lines.length = 0
  await states({ a: 'up', b: 'up', c: 'up' })
})

const ago = (ms: number) => new Date(queue.now() - ms)

type Condition = 'up' | 'short' | 'down'

/** Sets the sessions as their owners would: connected, without a connection for a moment, or without one for an hour. */
async function states(conditions: Readonly<Record<string, Condition>>): Promise<void> {
  const reported: Record<string, Fields> = {}
  for (const [name, condition] of Object.entries(conditions)) {
    const state = condition === 'up' ? 'CONNECTED' : 'BACKOFF'
    const downSince = { up: null, short: ago(4 * MINUTE_MS), down: ago(HOUR_MS) }[condition]
    await queue.api.asOwner(name, { state, runnerId: 'runner', epoch: 1, wanted: 'online', since: ago(1000), downSince })
    reported[`default.${name}`] = { state, epoch: 1, lastProofOfLifeAt: ago(1000), lastInboundAt: null }
  }
  await queue.api.heartbeat('runner', reported)
}

/** A message of the pool `sales` that waits in the session `a`. */
async function pooled(fields: Fields = {}, text = 'Olá'): Promise<string> {
  const job = await queue.job({ pool: 'sales', ...fields }, { session: 'a', text })
  jobs.push(job)
  return job
}

const run = async (): Promise<number> => (await sweep(queue.dependencies)).moved

const sessionOf = async (job: string): Promise<string> => (await queue.read(job)).sessionId

const REFUSED: Fields = {
  attempts: 1,
  nextAttemptAt: new Date(Date.now() + HOUR_MS),
  lastError: { code: 'whatsapp-463', message: 'Refused.' },
  timeline: [
    { status: 'pending', at: new Date(0) },
    { status: 'processing', at: new Date(1000), attempt: 1 },
    { status: 'pending', at: new Date(2000), attempt: 1 },
  ],
}

const UNANSWERED: Fields = {
  attempts: 1,
  timeline: [
    { status: 'pending', at: new Date(0) },
    { status: 'processing', at: new Date(1000), attempt: 1 },
    { status: 'pending', at: new Date(2000), by: 'api', why: 'retried' },
  ],
}

describe('a message whose session is down', () => {
  it('moves to the next session of its pool, keeps its id, and says who moved it, when and why', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const job = await pooled({
      proto: Buffer.from('of an earlier attempt'),
      hold: { reason: 'daily-limit', until: ago(0) },
      traceparent,
    })
    const before = await queue.read(job)
    await states({ a: 'down', b: 'up' })
    expect(await run()).toBe(1)
    const moved = await queue.read(job)
    expect(moved).toMatchObject({
      // The next session continues the trace.
      traceparent,
      sessionId: 'default.b',
      firstSession: 'default.a',
      messageId: before.messageId,
      requestHash: before.requestHash,
      status: 'pending',
      proto: null,
      hold: null,
      nextAttemptAt: null,
    })
    expect(Number(moved.queuedAt)).toBeGreaterThan(Number(before.queuedAt))
    const entry = { status: 'pending', at: expect.any(Date), by: 'failover', why: 'session-down', session: 'default.b' }
    expect(moved.timeline).toEqual([...before.timeline, entry])
    expect(openJobContent(await queue.api.cipher('b'), job, moved)).toEqual({ type: 'text', text: 'Olá' })
    const opened = await queue.api.cipher('a').then((cipher) => () => openJobContent(cipher, job, moved))
    expect(opened).toThrow(expect.objectContaining({ code: 'cannot-decrypt' }))
    expect(queue.lines.join()).toContain(job)
    for (const secret of ['Olá', '5511999990000']) expect(queue.lines.join()).not.toContain(secret)
  })

  it('stays while the outage is shorter than the tenant allows, or nobody else is connected', async () => {
    const job = await pooled()
    await states({ a: 'short', b: 'up' })
    expect(await queue.leavesAlone(job, run)).toBe(true)
    await states({ a: 'down', b: 'short' })
    expect(await queue.leavesAlone(job, run)).toBe(true)
  })

  it('moves although hundreds of another tenant, which has nobody else to send them, wait before it', async () => {
    const stuck = await pooled({ ...REFUSED, tenant: 'other' })
    const { fields } = (await queue.api.documents.read(jobPath(stuck)))!
    const copies = Array.from({ length: 200 }, (_, index) => `${index}`.padStart(40, '0'))
    await queue.api.documents.commit(copies.map((id) => ({ kind: 'create', path: jobPath(id), fields })))
    const later = { code: 'whatsapp-479', message: 'Refused.' }
    const job = await pooled({ ...REFUSED, lastError: later })
    expect(await run()).toBe(1)
    expect(await sessionOf(job)).toBe('default.b')
    await queue.api.documents.commit(copies.map((id) => ({ kind: 'delete', path: jobPath(id) })))
  })

  it('moves after the time that its tenant has set', async () => {
    const job = await pooled()
    await states({ a: 'short', b: 'up' })
    const fields = { v: 1, name: 'Default', createdAt: new Date(), config: { failoverAfterMs: 3 * MINUTE_MS } }
    await queue.api.documents.commit([{ kind: 'create', path: tenantPath('default'), fields }])
    expect(await run()).toBe(1)
    expect(await sessionOf(job)).toBe('default.b')
    await queue.api.documents.commit([{ kind: 'delete', path: tenantPath('default') }])
  })

  it('of the pool `default` moves to the first connected session of the tenant', async () => {
    const job = await pooled({ pool: 'default' })
    await states({ a: 'down', b: 'down', c: 'up' })
    expect(await run()).toBe(1)
    expect(await sessionOf(job)).toBe('default.c')
  })

  it('stays when it names no pool, or a pool that was removed', async () => {
    const named = await queue.job({}, { session: 'a' })
    const orphan = await pooled({ pool: 'removed' })
    await pooled({ status: 'canceled' })
    await states({ a: 'down', b: 'up' })
    await run()
    expect(await Promise.all([named, orphan].map(sessionOf))).toEqual(['default.a', 'default.a'])
    jobs.push(named)
  })

  it('moves although its session is no longer in the pool', async () => {
    const job = await queue.job({ pool: 'sales' }, { session: 'c' })
    jobs.push(job)
    await states({ a: 'up', b: 'up', c: 'down' })
    expect(await run()).toBe(1)
    expect(await sessionOf(job)).toBe('default.a')
  })

  it('moves with the others of its chat, in the order in which they were accepted', async () => {
    const texts = ['one', 'two', 'three', 'four']
    const ids: string[] = []
    for (const text of texts) ids.push(await pooled({}, text))
    await states({ a: 'down', b: 'up' })
    expect(await run()).toBe(4)
    const queuedAt = await Promise.all(ids.map(async (id) => (await queue.snapshot(id)).updatedAtMicros))
    expect(queuedAt).toEqual(queuedAt.toSorted((one, other) => one - other))
    expect(new Set(await Promise.all(ids.map(sessionOf)))).toEqual(new Set(['default.b']))
  })

  it('moves once, however many sweeps run at the same time', async () => {
    const job = await pooled()
    await states({ a: 'down', b: 'up' })
    const moved = await Promise.all([run(), run(), run()])
    expect(moved.reduce((sum, number) => sum + number)).toBeGreaterThanOrEqual(1)
    expect((await queue.read(job)).timeline.filter(({ by }) => by === 'failover')).toHaveLength(1)
  })

  it('stays in storage mode `local`, where its document lags behind the journal', async () => {
    const job = await pooled()
    await states({ a: 'down', b: 'up' })
    expect(await queue.leavesAlone(job, () => sweep({ ...queue.dependencies, jobsLag: true }))).toBe(true)
  })

  it('does not keep the others when it cannot be read', async () => {
    const damaged = await pooled({ content: Buffer.from('not what was sealed') })
    const job = await pooled()
    await states({ a: 'down', b: 'up' })
    expect(await run()).toBe(1)
    expect([await sessionOf(damaged), await sessionOf(job)]).toEqual(['default.a', 'default.b'])
    expect(queue.lines.join()).toContain('cannot be read')
  })
})

describe('a message in each state, while its session is down and another is connected', () => {
  it.each([
    ['accepted', {}, true],
    ['refused by WhatsApp', REFUSED, true],
    ['refused in the session itself', { ...REFUSED, lastError: { code: 'send-failed', message: 'No.' } }, true],
    ['held by the pace', { hold: { reason: 'daily-limit', until: new Date(Date.now() + HOUR_MS) } }, true],
    ['retried by hand, with an attempt without an answer', UNANSWERED, false],
    ['for later', { queuedAt: null, sendAt: new Date(Date.now() + HOUR_MS) }, false],
    ['on the wire', { status: 'processing', attempts: 1, timeline: (UNANSWERED['timeline'] as object[]).slice(0, 2) }, false],
    ['sent', { status: 'sent' }, false],
    ['failed', { status: 'failed' }, false],
    ['canceled', { status: 'canceled' }, false],
  ] as const)('%s', async (_, fields, moves) => {
    const job = await pooled(fields)
    await states({ a: 'down', b: 'up' })
    const isAlone = await queue.leavesAlone(job, run)
    expect([isAlone, await sessionOf(job)]).toEqual([!moves, moves ? 'default.b' : 'default.a'])
  })
})

describe('a message that WhatsApp does not take from its session, which is connected', () => {
  it.each([
    ['refused', REFUSED],
    ['locked', { hold: { reason: 'reach-out-lock', until: new Date(Date.now() + HOUR_MS) } }],
  ])('moves: %s', async (why, fields) => {
    const job = await pooled(fields)
    expect(await run()).toBe(1)
    const { sessionId, timeline, lastError } = await queue.read(job)
    expect({ sessionId, lastError, why: timeline.at(-1)?.why }).toEqual({ sessionId: 'default.b', lastError: null, why })
    expect(await run()).toBe(0)
  })

  it('stays when it names no pool', async () => {
    const job = await pooled({ ...REFUSED, pool: null })
    expect(await queue.leavesAlone(job, run)).toBe(true)
  })
})

describe('never two: a move', () => {
  it('that meets the owner, who has taken the message meanwhile, changes nothing', async () => {
    const job = await pooled()
    const snapshot = await queue.snapshot(job)
    const read = await queue.read(job)
    await queue.write(job, { status: 'processing', attempts: 1 })
    const cipherOf = (sessionId: string) => queue.api.cipher(sessionId.slice('default.'.length))
    const moving = { snapshot, job: read, move: { to: 'default.b', why: 'session-down' } } as const
    const work = async () => expect(await moveJob(queue.dependencies, moving, cipherOf)).toBe(false)
    expect(await queue.leavesAlone(job, work)).toBe(true)
  })

  it('makes the former owner fail that writes in the version that it knew', async () => {
    const job = await pooled()
    const known = await queue.snapshot(job)
    await states({ a: 'down', b: 'up' })
    expect(await run()).toBe(1)
    const take = { kind: 'update', path: jobPath(job), fields: { status: 'processing' }, unlessChangedSince: known } as const
    await expect(queue.api.documents.commit([take])).rejects.toThrow()
    expect(await queue.read(job)).toMatchObject({ status: 'pending', sessionId: 'default.b' })
  })

  it('is complete when the answer of its commit was lost', async () => {
    const job = await pooled()
    await states({ a: 'down', b: 'up' })
    const documents = queue.api.committing(async (changes, commit) => {
      await commit(changes)
      throw new Error('14 UNAVAILABLE')
    })
    expect((await sweep({ ...queue.dependencies, documents })).moved).toBe(1)
    expect(await sessionOf(job)).toBe('default.b')
  })

  it('that the database refuses leaves the message where it is, and the next sweep moves it', async () => {
    const job = await pooled()
    await states({ a: 'down', b: 'up' })
    const documents = queue.api.committing(() => Promise.reject(new Error('14 UNAVAILABLE')))
    const work = async () => expect((await sweep({ ...queue.dependencies, documents })).moved).toBe(0)
    expect(await queue.leavesAlone(job, work)).toBe(true)
    expect(await run()).toBe(1)
  })
})
