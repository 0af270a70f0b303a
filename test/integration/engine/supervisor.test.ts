import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { RECOVERY_ACTIONS, recoveryActionPath, type RecoveryActionType } from '@holdfast/core/operations/recovery-action-document'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WrappingKey, newSessionKeys } from '@holdfast/core/security/envelope'
import { createLogger } from '@holdfast/core/platform/logging'
import { SERVER_TIME, type Change, type DocumentStore } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { systemClock, systemRandom } from '@holdfast/core/platform/system-clock'
import { ActionFeed } from '../../../runner/src/supervisor/action-feed.ts'
import { Placement } from '../../../runner/src/supervisor/placement.ts'
import { claimSession } from '../../../runner/src/session/claim.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import type { RunnerUnderTest, RunnerOptions } from '../../support/engine/runner-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

const { clients, addRunner, startRunner: start } = runnersOfThisFile()
const wrappingKey = new WrappingKey(randomBytes(32))

const newRunner = (options: Partial<RunnerOptions> = {}) => addRunner({ wrappingKey, ...options })
const startRunner = (options: Partial<RunnerOptions> = {}) => start({ wrappingKey, ...options })

async function createSession(name: string, fields: Record<string, unknown> = {}): Promise<string> {
  const sessionId = `default.${name}`
  const session = { v: 1, tenant: 'default', name, wanted: 'online', createdAt: SERVER_TIME, runnerId: null, ...fields }
  await clients.documents.commit([
    { kind: 'create', path: sessionPath(sessionId), fields: session },
    { kind: 'create', path: `session_keys/${sessionId}`, fields: { ...(await newSessionKeys(sessionId, wrappingKey)) } },
  ])
  return sessionId
}

const ownerOf = async (sessionId: string) => (await clients.documents.read(sessionPath(sessionId)))?.fields['runnerId']

const epochsOf = async (sessionId: string) =>
  (await clients.documents.query({ collection: journalPath(sessionId) }))
    .filter(({ fields }) => fields['kind'] === 'claim')
    .map(({ fields }) => fields['epoch'])

describe('several runners', () => {
  test('share the sessions up to the capacity of each, and each session has one owner', async () => {
    const ids = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => createSession(name)))
    const [one, two] = await Promise.all([startRunner({ capacity: 2 }), startRunner({ capacity: 2 })])
    await expect.poll(() => one.sessions.size + two.sessions.size, { timeout: 10_000 }).toBe(4)
    const owners = await Promise.all(ids.map(ownerOf))
    expect(owners.filter((owner) => owner === null)).toHaveLength(1)
    for (const runner of [one, two]) expect(owners.filter((owner) => owner === runner.runnerId)).toHaveLength(2)
    // The fifth session gets an owner as soon as a runner has room.
    const third = await startRunner({ capacity: 2 })
    await expect.poll(() => third.sessions.size).toBe(1)
    expect(await epochsOf(ids[4] ?? '')).toEqual([1])
  })

  test('take over the sessions of one that leaves without waiting for its death', async () => {
    const id = await createSession('a')
    const first = await startRunner()
    await expect.poll(() => ownerOf(id)).toBe(first.runnerId)
    const second = await startRunner()
    // Its first look also finds sessions of owners that are not on the list, which would hide a missing release.
    await expect.poll(() => second.looks).toBeGreaterThan(1)
    await first.leave()
    expect(await clients.documents.read(runnerPath(first.runnerId))).toBeNull()
    await expect.poll(() => ownerOf(id)).toBe(second.runnerId)
    expect(await epochsOf(id)).toEqual([1, 2])
  })

  test('leave the sessions of a live one alone, and take over those of a dead one', async () => {
    const [kept, lost] = [await createSession('kept'), await createSession('lost', { runnerId: 'dead' })]
    const heartbeat = { v: 1, state: 'active', instanceId: null, startedAt: SERVER_TIME, heartbeatAt: SERVER_TIME, capacity: 1 }
    const policy = { heartbeatIntervalMs: 100, deadAfterMs: 300, memoryBytes: 1, sessions: {} }
    await clients.documents.commit([{ kind: 'create', path: runnerPath('dead'), fields: { ...heartbeat, ...policy } }])
    const alive = await startRunner({ deadAfterMs: 900, capacity: 1 })
    await expect.poll(() => alive.sessions.size).toBe(1)
    const other = await startRunner()
    await expect.poll(() => [alive, other].reduce((sum, { sessions }) => sum + sessions.size, 0)).toBe(2)
    const { looks } = other
    await expect.poll(() => other.looks).toBeGreaterThan(looks + 1)
    expect(await epochsOf(kept)).toEqual([1])
    expect(await epochsOf(lost)).toEqual([1])
  })

  test('remove the document of a dead one, unless the next process of its container may still need it', async () => {
    const heartbeat = { v: 1, state: 'active', startedAt: SERVER_TIME, heartbeatAt: SERVER_TIME, capacity: 1 }
    const policy = { heartbeatIntervalMs: 100, deadAfterMs: 300, memoryBytes: 1, sessions: {} }
    for (const [id, instanceId] of Object.entries({ nameless: null, named: 'a-container' })) {
      await clients.documents.commit([{ kind: 'create', path: runnerPath(id), fields: { ...heartbeat, ...policy, instanceId } }])
    }
    await startRunner()
    await expect.poll(() => clients.documents.read(runnerPath('nameless'))).toBeNull()
    expect(await clients.documents.read(runnerPath('named'))).not.toBeNull()
  })
})

describe('a runner that leaves because of its memory', () => {
  test('keeps its document for the next process of its container, and no runner counts it as alive', async () => {
    const id = await createSession('a')
    const first = await startRunner({ instanceId: 'box' })
    await expect.poll(() => ownerOf(id)).toBe(first.runnerId)
    await first.leave('memory-limit')
    const left = await clients.documents.read(runnerPath(first.runnerId))
    expect(left?.fields).toMatchObject({ state: 'draining', leavesBecause: 'memory-limit', sessions: {}, instanceId: 'box' })
    // A session that it could not release is taken over without a wait for its silence.
    const kept = await createSession('kept', { runnerId: first.runnerId })
    const reported: boolean[] = []
    const parts = {
      documents: clients.documents,
      clock: systemClock,
      logger: createLogger('test', 'silent'),
      runnerId: 'me',
      instanceId: 'other',
    }
    const placement = new Placement({ ...parts, onAlone: (isAlone) => reported.push(isAlone) })
    const found = new Map((await placement.look(10)).map(({ sessionId, deadOwner }) => [sessionId, deadOwner]))
    expect(found).toEqual(
      new Map([
        [id, null],
        [kept, first.runnerId],
      ]),
    )
    expect(reported).toEqual([true])
    await startRunner({ instanceId: 'other' })
    await expect.poll(() => ownerOf(kept)).not.toBe(first.runnerId)
    expect(await clients.documents.read(runnerPath(first.runnerId))).not.toBeNull()
    // The next process of its container has read the document before it clears it away.
    await startRunner({ instanceId: 'box' })
    await expect.poll(() => clients.documents.read(runnerPath(first.runnerId))).toBeNull()
  })

  test('leaves no document when its container is unknown', async () => {
    const runner = await startRunner()
    await runner.leave('memory-limit')
    expect(await clients.documents.read(runnerPath(runner.runnerId))).toBeNull()
  })
})

/** A store that waits for `before` right before it answers a query. */
const interrupted = (documents: DocumentStore, before: (collection: string) => Promise<void>): DocumentStore => ({
  commit: (changes) => documents.commit(changes),
  read: (path) => documents.read(path),
  query: async (query) => {
    await before(query.collection)
    return documents.query(query)
  },
  listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
})

test('a runner whose listener was away notices afterwards that another has taken its session', async () => {
  const id = await createSession('a')
  const documents = new FaultyDocuments(clients.documents)
  const runner = await startRunner({ documents })
  await expect.poll(() => runner.dials.length).toBe(1)
  documents.failListeners()
  const { documents: store } = clients
  const taking = {
    documents: store,
    journals: new DocumentJournals(store),
    clock: systemClock,
    random: systemRandom,
    wrappingKey,
  }
  // The live owner may append at any moment, before the claim does.
  const claim = () => claimSession({ ...taking, sessionId: id, runnerId: 'another', mayClaim: () => true }).catch(() => null)
  await expect.poll(claim).not.toBeNull()
  await expect.poll(() => runner.sessions.size).toBe(0)
})

describe('a requested action', () => {
  const askFor = async (sessionId: string, type: RecoveryActionType): Promise<string> => {
    const path = recoveryActionPath(`${sessionId}-${type}`)
    const who = { v: 1, tenant: 'default', sessionId, type, state: 'pending', requestedBy: 'test', why: 'a test' }
    await clients.documents.commit([{ kind: 'create', path, fields: { ...who, requestedAt: SERVER_TIME } }])
    return path
  }

  const finish = (path: string) =>
    clients.documents.commit([{ kind: 'merge', path, fields: { state: 'done', result: { code: 'by-another', sentence: '' } } }])

  const fieldsOf = async (path: string) => (await clients.documents.read(path))?.fields

  test('that was finished while the listener was away is not open any more when it is back', async () => {
    const documents = new FaultyDocuments(clients.documents)
    const feed = new ActionFeed({ documents, clock: systemClock, logger: createLogger('test', 'silent') })
    onTestFinished(() => feed.stop())
    const [kept, finished] = [await askFor('default.kept', 'restart'), await askFor('default.finished', 'logout')]
    feed.start(() => {})
    await expect.poll(() => feed.sessionIds().size).toBe(2)
    documents.failListeners()
    await finish(finished)
    await expect.poll(() => [...feed.sessionIds()]).toEqual(['default.kept'])
    expect(feed.of('default.kept').map(({ id }) => id)).toEqual([kept.split('/').at(-1)])
  })

  test('that another owner has finished is not done again by a runner that has not heard of it', async () => {
    const id = await createSession('a', { runnerId: 'another' })
    const heartbeat = { v: 1, state: 'active', instanceId: null, startedAt: SERVER_TIME, heartbeatAt: SERVER_TIME, capacity: 1 }
    const policy = { heartbeatIntervalMs: 1000, deadAfterMs: 60_000, memoryBytes: 1, sessions: {} }
    await clients.documents.commit([{ kind: 'create', path: runnerPath('another'), fields: { ...heartbeat, ...policy } }])
    const path = await askFor(id, 'logout')
    // The listener reports the action once and then falls silent.
    let reported = 0
    const documents: DocumentStore = {
      ...interrupted(clients.documents, async () => {}),
      listen: (query, onEvents, onError) =>
        clients.documents.listen(
          query,
          (events) => {
            if (query.collection !== RECOVERY_ACTIONS || reported === 0) onEvents(events)
            if (query.collection === RECOVERY_ACTIONS) reported += events.length
          },
          onError,
        ),
    }
    const runner = await startRunner({ documents })
    await expect.poll(() => reported).toBe(1)
    await finish(path)
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(id), fields: { runnerId: null } }])
    const before = await fieldsOf(path)
    await expect.poll(() => runner.dials.length).toBe(1)
    runner.dials[0]?.events.onOpen()
    await expect.poll(async () => (await fieldsOf(sessionPath(id)))?.['state']).toBe('CONNECTED')
    expect(await fieldsOf(path)).toEqual(before)
  })

  test('waits while its state cannot be read, and is done afterwards', async () => {
    const id = await createSession('a')
    const path = await askFor(id, 'restart')
    const found: unknown[] = []
    const documents: DocumentStore = {
      ...interrupted(clients.documents, async () => {}),
      read: async (asked) => {
        const document = await clients.documents.read(asked)
        if (asked === path && found.push(document?.fields['state']) === 1) throw new Error('Not now.')
        return document
      },
    }
    const runner = await startRunner({ documents })
    await expect.poll(() => fieldsOf(path)).toMatchObject({ state: 'running', runnerId: runner.runnerId })
    expect(found).toEqual(['pending', 'pending'])
  })
})

test('a runner that starts while another looks for free sessions does not count as dead', async () => {
  await createSession('a')
  let newcomer: RunnerUnderTest | null = null
  const looking = newRunner({
    documents: interrupted(clients.documents, async (collection) => {
      // The newcomer starts after the list of runners was read, and before the list of sessions is.
      if (collection === 'runners' || newcomer) return
      newcomer = await startRunner()
      await expect.poll(() => newcomer?.sessions.size).toBe(1)
    }),
  })
  expect(await looking.placement.look(10)).toEqual([])
})

test('a runner finds out at each look whether it is the only one, and a full runner never counts as the only one', async () => {
  const reported: boolean[] = []
  const parts = {
    documents: clients.documents,
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    runnerId: 'me',
    instanceId: null,
  }
  const placement = new Placement({ ...parts, onAlone: (isAlone) => reported.push(isAlone) })
  await placement.look(1)
  const other = await startRunner()
  await placement.look(1)
  await other.leave()
  await placement.look(1)
  await placement.look(0)
  expect(reported).toEqual([true, false, true, false])
})

describe('a session that cannot be claimed', () => {
  test('does not take the place of another', async () => {
    // The first session in the order of ids has a version that this code does not know.
    await createSession('a', { v: 2 })
    const good = await createSession('b')
    const runner = await startRunner({ capacity: 1 })
    await expect.poll(() => ownerOf(good)).toBe(runner.runnerId)
  })
})

describe('a claim whose answer was lost', () => {
  test('is recognized by reading its record', async () => {
    const id = await createSession('a')
    const documents = new FaultyDocuments(clients.documents)
    const isClaim = (change: Change): boolean => change.kind === 'create' && change.fields['kind'] === 'claim'
    documents.faults((changes) => (changes.some(isClaim) ? 'lose-answer' : null))
    const runner = await startRunner({ documents })
    await expect.poll(() => runner.dials.length).toBe(1)
    expect(await epochsOf(id)).toEqual([1])
  })

  test('and whose record could not be read is repeated, so that the session does not stay with an unaware owner', async () => {
    const id = await createSession('a')
    const documents = new FaultyDocuments(clients.documents)
    const isClaim = (change: Change): boolean => change.kind === 'create' && change.fields['kind'] === 'claim'
    documents.faults((changes) => {
      if (!changes.some(isClaim)) return null
      documents.away(true)
      setTimeout(() => documents.away(false), 200)
      return 'lose-answer'
    })
    const runner = await startRunner({ documents })
    await expect.poll(() => ownerOf(id)).toBe(runner.runnerId)
    await expect.poll(() => runner.dials.length).toBe(1)
  })
})

describe('while two revisions are there', () => {
  test('a session without an owner goes to the newer one', async () => {
    const old = await startRunner({ revision: 'r1', oldRevisionWaitMs: 60_000 })
    const recent = await startRunner({ revision: 'r2' })
    await expect.poll(() => old.looks).toBeGreaterThan(1)
    const id = await createSession('a')
    await expect.poll(() => ownerOf(id), { timeout: 10_000 }).toBe(recent.runnerId)
  })

  test('the older one takes it after a moment, although a runner of the newer one seems to have room', async () => {
    const waitMs = 1500
    const old = await startRunner({ revision: 'r1', oldRevisionWaitMs: waitMs })
    const hung = newRunner({ revision: 'r2' })
    await hung.heartbeat.start()
    const looks = old.looks
    await expect.poll(() => old.looks).toBeGreaterThan(looks + 1)
    const createdAt = performance.now()
    const id = await createSession('a')
    await expect.poll(() => ownerOf(id), { timeout: 10_000 }).toBe(old.runnerId)
    expect(performance.now() - createdAt).toBeGreaterThan(waitMs)
    await hung.heartbeat.stop()
  })
})
