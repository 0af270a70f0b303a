import { alertPath } from '@holdfast/core/operations/alert-document'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { createLogger } from '@holdfast/core/platform/logging'
import { type Change, REMOVED } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FleetFacts, readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { healthOfSession } from '../../../functions/src/use-cases/health/verdicts.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { type FirestoreUnderTest, startFirestore } from '../../support/firestore-under-test.ts'
import { reportedSession, runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'

const logger = createLogger('test', 'silent')

const owned = (sessionId: string, runnerId: string, fields = {}) => sessionChange(sessionId, { runnerId, ...fields })

const job = (id: string, fields: object): Change => ({
  kind: 'create',
  path: `message_queue_jobs/${id}`,
  fields: { v: 1, tenant: 'default', sessionId: 'default.well', ...fields },
})

describe('what a run of the sweep knows', () => {
  let firestore: FirestoreUnderTest
  let facts: FleetFacts
  beforeAll(async () => {
    firestore = await startFirestore()
    const { documents } = firestore.clients
    const now = new Date()
    await writeAll(documents, [
      runnerChange('r-alive', {
        'default.well': reportedSession(),
        'default.also-well': reportedSession(),
        'default.waiting': reportedSession({ state: 'BACKOFF', downSince: now }),
        'default.deaf': reportedSession({ deafSince: now }),
        'default.unread': reportedSession({ archiveWaitSince: now }),
      }),
      runnerChange('r-dead', { 'default.left': reportedSession() }, { deadAfterMs: 0 }),
      { kind: 'create', path: 'runners/r-odd', fields: { v: 1 } },
      owned('default.well', 'r-alive'),
      owned('default.also-well', 'r-alive'),
      owned('default.waiting', 'r-alive', { state: 'BACKOFF', reason: 'connection-lost' }),
      owned('default.deaf', 'r-alive'),
      owned('default.unread', 'r-alive'),
      owned('default.unnamed', 'r-alive'),
      owned('default.left', 'r-dead'),
      owned('default.orphan', 'r-between'),
      owned('default.last-orphan', 'zz'),
      sessionChange('acme.unowned', { state: 'NEW', reason: 'created' }),
      sessionChange('acme.offline', { wanted: 'offline', state: 'LOGGED_OUT', reason: 'logged-out' }),
      sessionChange('acme.odd', { epoch: 'damaged' }),
      job('waits', { status: 'pending', queuedAt: now }),
      job('failed', { status: 'failed', failedAt: now, lastError: { code: 'whatsapp-463', message: '' }, createdAt: now }),
      job('failed-before', { status: 'failed', failedAt: new Date(now.getTime() - 2 * 3_600_000), createdAt: now }),
      job('failed-and-retried', { status: 'pending', failedAt: now, queuedAt: now }),
      ...(['open', 'resolved'] as const).map((state, place) => alert(`r${place}`, state)),
      ...(['proposed', 'running', 'done'] as const).map((state) => action(state)),
    ])
    facts = await readFleetFacts({ documents, clock: systemClock, logger })
  })
  afterAll(() => firestore[Symbol.asyncDispose]())

  it('is all runners, dead or alive, and which ones cannot be read', () => {
    expect(facts.runners.map(({ id, isDead }) => [id, isDead])).toEqual([
      ['r-alive', false],
      ['r-dead', true],
    ])
    expect(facts.damagedRunners).toEqual(['r-odd'])
  })

  it('is each session that no live runner vouches for, or that is in trouble, and no other', () => {
    expect(facts.sessions.map(({ sessionId, owner, status, reason }) => [sessionId, owner, status, reason])).toEqual([
      ['acme.odd', 'none', 'FAILED', 'document-invalid'],
      ['acme.unowned', 'none', 'STOPPED', 'created'],
      ['default.deaf', 'alive', 'WORKING', 'logged-in'],
      ['default.last-orphan', 'gone', 'STARTING', 'owner-silent'],
      ['default.left', 'dead', 'STARTING', 'owner-silent'],
      ['default.orphan', 'gone', 'STARTING', 'owner-silent'],
      ['default.unnamed', 'alive', 'STARTING', 'not-vouched-for'],
      ['default.unread', 'alive', 'WORKING', 'archive-of-later-version'],
      ['default.waiting', 'alive', 'STARTING', 'connection-lost'],
    ])
    expect(facts.sessions.find(({ sessionId }) => sessionId === 'default.left')?.downForMs).toBeGreaterThan(0)
    expect(facts.cut).toEqual([])
  })

  it('makes a session ill whose messages wait for an archive of a later version', () => {
    const verdicts = facts.sessions.map((session) => [session.sessionId, healthOfSession(session, facts.nowMs)] as const)
    expect(new Map(verdicts).get('default.unread')).toMatchObject({
      status: 'critical',
      problems: [{ code: 'archive-of-later-version' }],
    })
  })

  it('is numbers of sessions and of jobs', () => {
    expect(facts.counts).toEqual({ total: 12, wanted: 11, wantedFailed: 0, wantedPairing: 0, failed: 1 })
    expect(facts.queue).toEqual({ waiting: 2, active: 0, failed: 2 })
  })

  it('is the jobs that failed lately, the open actions and the open alerts', () => {
    expect(facts.failedJobs).toMatchObject([{ jobId: 'failed', sessionId: 'default.well', code: 'whatsapp-463' }])
    expect(facts.actions.map(({ content: { state } }) => state).toSorted()).toEqual(['proposed', 'running'])
    expect(facts.alerts.map(({ content: { scope } }) => scope)).toEqual(['r0'])
  })

  it('is how many messages of each tenant wait, also while few wait, because a limit may be low', async () => {
    const { documents } = firestore.clients
    const waiting = job('waits-too', { tenant: 'modest', status: 'pending', queuedAt: new Date() })
    await writeAll(documents, [waiting])
    const { waitingOf } = await readFleetFacts({ documents, clock: systemClock, logger })
    await writeAll(documents, [{ kind: 'delete', path: waiting.path }])
    expect(Object.fromEntries(waitingOf)).toEqual({ default: 2, modest: 1 })
  })

  it('is how many messages of each tenant wait, once many wait', async () => {
    const { documents } = firestore.clients
    const many = Array.from({ length: 100 }, (_, place) => job(`m${place}`, { status: 'pending', queuedAt: new Date() }))
    await writeAll(documents, many)
    const { waitingOf } = await readFleetFacts({ documents, clock: systemClock, logger })
    expect([...waitingOf]).toEqual([['default', 102]])
  })
})

describe('10,000 well sessions', () => {
  const ids = Array.from({ length: 10_000 }, (_, place) => `default.s${String(place).padStart(5, '0')}`)
  const runnerOf = (place: number) => `r${String(place % 20).padStart(2, '0')}`

  async function largeFleet() {
    const documents = new CountedDocuments(Date.now())
    const sessions = ids.map((id, place) => owned(id, runnerOf(place)))
    await documents.commit(sessions)
    const byRunner = Map.groupBy(ids.entries(), ([place]) => runnerOf(place))
    const reported = [...byRunner].map(([id, own]) =>
      runnerChange(id, Object.fromEntries(own.map(([, sessionId]) => [sessionId, reportedSession()]))),
    )
    await documents.commit(reported)
    const clock = { ...systemClock, now: () => documents.nowMs }
    const look = async () => {
      documents.reads = 0
      const facts = await readFleetFacts({ documents, clock, logger })
      return { facts, reads: documents.reads }
    }
    return { documents, look }
  }

  it('cost fewer than 100 reads', async () => {
    const { look } = await largeFleet()
    const { facts, reads } = await look()
    console.log(`${reads} reads for the facts of 10,000 sessions on 20 runners`)
    expect(facts.counts.wanted).toBe(10_000)
    expect(facts.sessions).toEqual([])
    expect(reads).toBeLessThan(100)
  })

  it('cost a bounded number of reads when all of them are in trouble, and the facts say that they are not complete', async () => {
    const { documents, look } = await largeFleet()
    documents.advance(60_000)
    const { facts, reads } = await look()
    console.log(`${reads} reads while all 20 runners are dead`)
    expect(reads).toBeLessThan(700)
    expect(facts.sessions).toHaveLength(500)
    expect(facts.cut).toEqual(['sessions of dead runners'])
  })

  it('hide no session that its owner has forgotten', async () => {
    const { documents, look } = await largeFleet()
    const [first = ''] = ids
    const runner = await documents.read('runners/r00')
    const sessions = { ...(runner?.fields['sessions'] as object), [first]: undefined }
    const others = Object.fromEntries(Object.entries(sessions).filter(([, each]) => each !== undefined))
    // Another one is being stopped: its owner still names it, so that the numbers alone would agree.
    const [stopping = ''] = Object.keys(others)
    const named = { ...others, [stopping]: { ...reportedSession(), state: 'CONNECTING' } }
    await documents.commit([
      { kind: 'update', path: 'runners/r00', fields: { sessions: named, none: REMOVED } },
      { kind: 'update', path: `whatsapp_connection_states/${stopping}`, fields: { wanted: 'offline' } },
    ])
    const { facts, reads } = await look()
    expect(facts.sessions.map(({ sessionId }) => sessionId)).toEqual([first, stopping])
    expect(facts.sessions[0]?.reason).toBe('not-vouched-for')
    expect(reads).toBeLessThan(700)
  })
})

const alert = (scope: string, state: 'open' | 'resolved'): Change => ({
  kind: 'create',
  path: alertPath('runner-lost', scope),
  fields: {
    v: 1,
    type: 'runner-lost',
    scope,
    severity: 'warning',
    state,
    firstSeenAt: new Date(),
    lastSeenAt: new Date(),
    count: 1,
    sentence: '',
    userAction: null,
  },
})

const action = (state: 'proposed' | 'running' | 'done'): Change => ({
  kind: 'create',
  path: recoveryActionPath(`default.well-${state}`),
  fields: {
    v: 1,
    tenant: 'default',
    sessionId: 'default.well',
    type: 'recover',
    state,
    requestedBy: 'runner',
    why: '',
    requestedAt: new Date(),
  },
})
