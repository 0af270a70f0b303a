import { randomBytes } from 'node:crypto'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { type DocumentSnapshot, SERVER_TIME } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { newSessionKeys, WrappingKey } from '@holdfast/core/security/envelope'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { describe, expect, test } from 'vitest'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { markUnvouched } from '../../../functions/src/use-cases/recoveries/mark-unvouched.ts'
import type { RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

/** The sweep says in a session's document that nobody vouches for it, and an owner that is alive after all states its state anew. */

const { clients, startRunner: start } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))
const logger = createLogger('test', 'silent')
const tasks = new RecordedTasks()

const DEAD_AFTER_MS = 12_000

const documentOf = async (sessionId: string): Promise<DocumentSnapshot> => {
  const found = await clients.documents.read(sessionPath(sessionId))
  if (!found) throw new Error(`There is no ${sessionId}.`)
  return found
}

const shown = async (sessionId: string): Promise<string> => {
  const { state, reason, runnerId } = (await documentOf(sessionId)).fields
  return `${String(state)} ${String(reason)} ${String(runnerId)}`
}

async function createSession(name: string, fields: Record<string, unknown> = {}): Promise<string> {
  const sessionId = `default.${name}`
  const session = { v: 1, tenant: 'default', name, wanted: 'online', createdAt: SERVER_TIME, runnerId: null, ...fields }
  await clients.documents.commit([
    { kind: 'create', path: sessionPath(sessionId), fields: session },
    { kind: 'create', path: `session_keys/${sessionId}`, fields: { ...(await newSessionKeys(sessionId, wrappingKey)) } },
  ])
  return sessionId
}

/** A session with a live owner that has logged in. */
async function connected(name: string, fields = {}): Promise<{ sessionId: string; runner: RunnerUnderTest }> {
  const sessionId = await createSession(name, fields)
  const runner = await start({ wrappingKey, deadAfterMs: DEAD_AFTER_MS })
  await expect.poll(() => runner.dials.length).toBe(1)
  runner.dials[0]?.events.onOpen()
  await expect.poll(() => shown(sessionId)).toBe(`CONNECTED logged-in ${runner.runnerId}`)
  return { sessionId, runner }
}

/** Reads the facts as a sweep does, as if the owners had been silent for a time. */
async function factsAfter(silentForMs: number) {
  const facts = await readFleetFacts({ documents: clients.documents, clock: systemClock, logger })
  const runners = facts.runners.map((runner) => ({ ...runner, isDead: true, snapshot: { ...runner.snapshot, silentForMs } }))
  return { ...facts, runners }
}

const mark = async (facts: Awaited<ReturnType<typeof factsAfter>>, documents = clients.documents): Promise<number> =>
  markUnvouched({ documents, tasks, clock: systemClock, logger }, facts, new Deadline(systemClock, 30_000))

async function seenDead(sessionId: string, silentForMs = 2 * DEAD_AFTER_MS + 1) {
  const facts = await factsAfter(silentForMs)
  const snapshot = await documentOf(sessionId)
  const owner = { sessionId, owner: 'dead' as const, runnerId: String(snapshot.fields['runnerId']), snapshot }
  return { ...facts, sessions: [owner as unknown as (typeof facts.sessions)[number]] }
}

describe('a session whose owner seems to be dead', () => {
  test('is marked, and the owner that is alive after all states the truth again', async () => {
    const webhooks = [{ url: 'https://receiver.example/hook', events: ['session.status'] }]
    const { sessionId, runner } = await connected('zombie', { config: { webhooks } })
    const before = await documentOf(sessionId)
    expect(await mark(await seenDead(sessionId))).toBe(1)
    await expect.poll(() => shown(sessionId)).toBe(`CONNECTED logged-in ${runner.runnerId}`)
    const after = await documentOf(sessionId)
    // Whoever listens is told of the mark and of the truth, in this order.
    expect(after.fields['statuses']).toMatchObject([{ status: 'WORKING' }, { status: 'STARTING' }, { status: 'WORKING' }])
    const told = await clients.documents.query({ collection: WEBHOOK_DELIVERIES, where: [['sessionId', '==', sessionId]] })
    const inOrder = told
      .map(({ fields }) => fields)
      .toSorted((one, other) => (String(one['order']) < String(other['order']) ? -1 : 1))
    const statuses = inOrder.map(({ body }) => (JSON.parse(String(body)) as { payload: { status: string } }).payload.status)
    expect(statuses.slice(-3)).toEqual(['WORKING', 'STARTING', 'WORKING'])
    // The sweep rings for what it has told.
    const bells = tasks.all.filter(({ queue }) => queue === 'webhooks').map(({ payload }) => payload)
    expect(bells).toContainEqual({ lane: told[0]?.fields['lane'] })
    expect(after.fields['downSince']).toBeNull()
    expect(Number(after.fields['journalHead'])).toBeGreaterThan(Number(before.fields['journalHead']))
    expect(runner.dials.map(({ isOver }) => isOver)).toEqual([false])
  })

  test('gets time to be taken over first', async () => {
    const { sessionId } = await connected('silent')
    expect(await mark(await seenDead(sessionId, DEAD_AFTER_MS + 1))).toBe(0)
  })
})

describe('a session of a dead runner', () => {
  const heartbeat = { v: 1, state: 'active', instanceId: null, startedAt: SERVER_TIME, heartbeatAt: SERVER_TIME, capacity: 1 }

  async function orphan(name: string, fields: Record<string, unknown> = {}): Promise<string> {
    const policy = { heartbeatIntervalMs: 100, deadAfterMs: 1, memoryBytes: 1, sessions: {} }
    await clients.documents.commit([{ kind: 'merge', path: runnerPath('dead'), fields: { ...heartbeat, ...policy } }])
    return createSession(name, { runnerId: 'dead', epoch: 3, state: 'CONNECTED', reason: 'logged-in', ...fields })
  }

  test('is marked with its reason, the end of its last sign of life and nothing else', async () => {
    const alive = new Date(Date.now() - 5 * 60_000)
    const sessionId = await orphan('lost', { since: alive, createdAt: alive, lastProofOfLifeAt: alive, journalHead: 7 })
    const before = (await documentOf(sessionId)).fields
    expect(await mark(await factsAfter(60_000))).toBe(1)
    const { fields } = await documentOf(sessionId)
    const says = { state: 'BACKOFF', reason: 'owner-silent', sentence: expect.stringContaining('silent'), userAction: null }
    const ends = { nextAttemptAt: null, pairing: null, downSince: alive }
    const statuses = [{ status: 'STARTING', at: expect.any(Date) }]
    expect(fields).toEqual({ ...before, ...says, ...ends, statuses, since: expect.any(Date) })
    expect(await mark(await factsAfter(60_000))).toBe(0)
  })

  test('is marked once by two sweeps at once, and not at all over a claim in between', async () => {
    const sessionId = await orphan('twice')
    const facts = await factsAfter(60_000)
    const marked = await Promise.all([mark(facts), mark(facts)])
    expect(new Set(marked)).toEqual(new Set([0, 1]))

    const claimed = await orphan('claimed')
    const earlier = await factsAfter(60_000)
    const claim = { runnerId: 'next', epoch: 4, state: 'CLAIMING', reason: 'claimed' }
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(claimed), fields: claim }])
    expect(await mark(earlier)).toBe(0)
    expect(await shown(claimed)).toBe('CLAIMING claimed next')
    expect(await shown(sessionId)).toBe('BACKOFF owner-silent dead')
  })

  test('does not keep others from their marks when its document has changed', async () => {
    const ids = await Promise.all(['one', 'two', 'three'].map((name) => orphan(name)))
    const facts = await factsAfter(60_000)
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(ids[1] ?? ''), fields: { epoch: 4 } }])
    expect(await mark(facts)).toBe(2)
  })

  test('is marked although there are more than one run of the sweep reads', async () => {
    await orphan('first')
    const ids = await Promise.all(Array.from({ length: 60 }, (_, index) => orphan(`many-${index}`)))
    const facts = await factsAfter(60_000)
    const few = { ...facts, sessions: facts.sessions.slice(0, 5), cut: ['sessions of dead runners'] }
    expect(await mark(few)).toBe(61)
    expect(await shown(ids[59] ?? '')).toBe('BACKOFF owner-silent dead')
  })
})

test('a marked session is claimed by the next runner as after any crash', async () => {
  const sessionId = await createSession('taken', { runnerId: null, epoch: 3, state: 'CONNECTED', reason: 'logged-in' })
  expect(await mark(await factsAfter(0))).toBe(1)
  expect(await shown(sessionId)).toBe('BACKOFF owner-lost null')
  const runner = await start({ wrappingKey })
  await expect.poll(() => runner.dials.length).toBe(1)
  expect((await documentOf(sessionId)).fields['epoch']).toBe(4)
})
