import { setTimeout } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sequenceId } from '@holdfast/core/session/ids'
import { parkedStanzasPath } from '@holdfast/core/message/parked-stanza-document'
import { SERVER_TIME, type Change, type Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import type { AskToDial } from '../../../runner/src/session/connection/dial-place.ts'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { listMessages, receive, stanza, takeOver } from '../../support/engine/owner.ts'
import type { GivenParts, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

const DAY_MS = 24 * 60 * 60 * 1000

const { clients, startRunner } = runnersOfThisFile()

const newSession = (fields?: Record<string, unknown>) => new SessionUnderTest(clients.documents).create(fields)

const fieldsOf = async ({ sessionId }: SessionUnderTest) => (await clients.documents.read(sessionPath(sessionId)))?.fields ?? {}

const kindsOf = async ({ sessionId }: SessionUnderTest) =>
  (await clients.documents.query({ collection: journalPath(sessionId) })).map(({ fields }) => fields['kind'])

const stateOf = (session: SessionUnderTest) =>
  expect.poll(async () => {
    const { state, reason } = await fieldsOf(session)
    return [state, reason]
  })

const dialsOf = (runner: RunnerUnderTest) => expect.poll(() => runner.dials.length)

describe('a connection attempt', () => {
  test('is a record that is durable before the first byte', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    const isConnect = (change: Change): boolean => change.kind === 'create' && change.fields['kind'] === 'connect'
    let tried = 0
    documents.faults((changes) => (changes.some(isConnect) && ++tried > 0 ? 'hang' : null))
    const runner = await startRunner({ wrappingKey: session.wrappingKey, documents })
    await expect.poll(() => tried).toBe(1)
    expect(runner.dials).toHaveLength(0)
    documents.faults(null)
    documents.release()
    await dialsOf(runner).toBe(1)
    expect(await kindsOf(session)).toEqual(['claim', 'connect'])
  })
})

describe('a session with unsaved changes', () => {
  /** The owner, whose checkpoint becomes due by time alone, and the parts that its client received. */
  async function owner(clock: Clock, everyMs: number) {
    const session = await newSession()
    const given: GivenParts[] = []
    const checkpoints = { everyRecords: 1_000_000, everyMs }
    const onClient = (options: GivenParts) => void given.push(options)
    const runner = await startRunner({ wrappingKey: session.wrappingKey, clock, checkpoints, onClient })
    await dialsOf(runner).toBe(1)
    const [{ state, deliveries } = expect.unreachable()] = given
    return { session, state, deliveries, owned: runner.sessions.get(session.sessionId) }
  }

  test('sleeps while it is muted, although it must not save them', async () => {
    let turns = 0
    const after: Clock['after'] = (delayMs, callback, name) => {
      if (delayMs === 0) turns++
      return systemClock.after(delayMs, callback, name)
    }
    const { state, owned } = await owner({ ...systemClock, after }, 10)
    owned?.mute(true)
    state.change({ keys: { receipt: { M1: 'read' } } })
    turns = 0
    await setTimeout(300)
    expect(state.unsavedChanges).toBeGreaterThan(0)
    expect(turns).toBeLessThan(20)
  })

  test('parks stanzas that were not read for 14 days when it saves', async () => {
    let passedMs = 0
    const { session, deliveries, owned } = await owner({ ...systemClock, now: () => systemClock.now() + passedMs }, 15 * DAY_MS)
    const stanza = { key: 'M1', messageId: 'M1', from: 'x@s.whatsapp.net', participant: null, kind: 'msg', bytes: Buffer.of(1) }
    deliveries.refused({ ...stanza, error: { code: 'no-session-fits', message: 'of a test' } }, { isFinal: false })
    const parked = () => clients.documents.query({ collection: parkedStanzasPath(session.sessionId) })
    passedMs = 16 * DAY_MS
    // Any wake-up makes the loop look at what is due.
    owned?.want('online')
    await expect
      .poll(async () => (await parked()).map(({ fields }) => fields['messageId']))
      .toEqual([session.cipher.pseudonym('M1')])
  })
})

describe('messages that the last owner had no time to document', () => {
  test('are written again when Firestore refuses them at first, and the session waits for that', async () => {
    const session = await newSession()
    const documents = new FaultyDocuments(session.documents)
    let refused = 0
    const isMessage = ({ path }: Change): boolean => path.includes('/messages/')
    documents.faults((changes) => (changes.some(isMessage) && ++refused > 0 ? 'refuse' : null))
    const last = await takeOver(session, { documents })
    await last.journal.whenDurable(receive(last, stanza('M1')))
    last.journal.close()
    refused = 0
    const runner = await startRunner({ wrappingKey: session.wrappingKey, documents })
    await expect.poll(() => refused).toBeGreaterThan(0)
    documents.faults(null)
    await dialsOf(runner).toBe(1)
    expect(await listMessages(session)).toHaveLength(1)
    expect((await kindsOf(session)).filter((kind) => kind === 'claim')).toHaveLength(2)
  })
})

test('a restore succeeds before messages can be documented, and the session connects when they can', async () => {
  const session = await newSession()
  const documents = new FaultyDocuments(session.documents)
  documents.faults((changes) => (changes.some(({ path }) => path.includes('/messages/')) ? 'refuse' : null))
  const last = await takeOver(session, { documents })
  await last.journal.whenDurable(last.state.change({ creds: 'the credentials' }))
  await last.journal.whenDurable(receive(last, stanza('M1')))
  const reaches = last.journal.head.sequence
  for (const id of ['lost', 'last']) await last.journal.whenDurable(last.state.change({ keys: { session: { [id]: id } } }))
  last.journal.close()
  await clients.documents.commit([{ kind: 'delete', path: `${journalPath(session.sessionId)}/${sequenceId(reaches + 1)}` }])
  const runner = await startRunner({ wrappingKey: session.wrappingKey, documents })
  await stateOf(session).toEqual(['NEEDS_ATTENTION', 'journal-gap'])
  const asked = { v: 1, tenant: 'default', sessionId: session.sessionId, type: 'restore', state: 'pending', requestedBy: 'test' }
  const fields = { ...asked, why: 'It is lost.', requestedAt: SERVER_TIME, approved: { reaches } }
  await clients.documents.commit([{ kind: 'create', path: recoveryActionPath('a-restore'), fields }])
  const action = () => clients.documents.read(recoveryActionPath('a-restore'))
  await expect.poll(async () => (await action())?.fields['state']).toBe('done')
  expect(runner.dials).toHaveLength(0)
  documents.faults(null)
  await dialsOf(runner).toBe(1)
  expect(await listMessages(session)).toHaveLength(1)
})

describe('an owner that lost the session without knowing it', () => {
  /** Lets another runner claim the session. The session's document still names the old owner, which thus does not notice. */
  const loseSilently = async (session: SessionUnderTest, { runnerId }: RunnerUnderTest) => {
    await session.claim('another')
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId } }])
  }

  test('while it waited for its turn to dial never dials', async () => {
    const session = await newSession()
    const turns: (() => void)[] = []
    const askToDial: AskToDial = (_, onGranted) => {
      const turn = { isGranted: false, end: () => {} }
      turns.push(() => {
        turn.isGranted = true
        onGranted()
      })
      return turn
    }
    const runner = await startRunner({ wrappingKey: session.wrappingKey, askToDial })
    await expect.poll(() => turns.length).toBe(1)
    await loseSilently(session, runner)
    turns[0]?.()
    await expect.poll(() => runner.sessions.size).toBe(0)
    expect(runner.dials).toHaveLength(0)
  })

  test('does not dial again when its connection ends', async () => {
    const session = await newSession()
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    await loseSilently(session, runner)
    runner.dials[0]?.events.onClose(428)
    await expect.poll(() => runner.sessions.size).toBe(0)
    expect(runner.dials).toHaveLength(1)
  })

  test('is cut off with the first append that is refused', async () => {
    const session = await newSession()
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    await loseSilently(session, runner)
    runner.dials[0]?.events.onOpen()
    await expect.poll(() => runner.dials[0]?.isOver).toBe(true)
    await expect.poll(() => runner.sessions.size).toBe(0)
  })
})

test('a release whose writes were left out ends even if another runner took the session meanwhile', async () => {
  const session = await newSession()
  const documents = new FaultyDocuments(session.documents)
  const runner = await startRunner({ wrappingKey: session.wrappingKey, documents })
  await dialsOf(runner).toBe(1)
  const isRelease = (change: Change): boolean => change.kind === 'create' && change.fields['kind'] === 'release'
  const isData = (change: Change): boolean => change.kind === 'create' && change.fields['kind'] === 'data'
  let isReleased = false
  documents.faults((changes) => {
    if (changes.some(isRelease)) return changes.length > 1 ? 'refuse' : ((isReleased = true), null)
    return isReleased && changes.some(isData) ? 'refuse' : null
  })
  runner.sessions.get(session.sessionId)?.want('offline')
  await expect.poll(() => isReleased).toBe(true)
  await session.claim('another')
  await expect.poll(() => runner.sessions.size).toBe(0)
})

describe('a disconnect', () => {
  test.each([
    [401, 'LOGGED_OUT', 'logged-out'],
    [403, 'BANNED', 'account-banned'],
    [411, 'NEEDS_ATTENTION', 'multidevice-mismatch'],
  ])('with %s ends all dialling, also by the next owner', async (code, state, reason) => {
    const session = await newSession()
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    runner.dials[0]?.events.onLogin()
    runner.dials[0]?.events.onClose(code)
    await stateOf(session).toEqual([state, reason])
    await runner.leave()
    const next = await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(() => next.sessions.has(session.sessionId)).toBe(true)
    await expect.poll(async () => (await fieldsOf(session))['runnerId']).toBe(next.runnerId)
    // An owner that wanted to dial would append a `connect` record once it has read the state, before the hand-over below.
    await expect.poll(() => next.openings).toBe(1)
    await next.leave()
    await stateOf(session).toEqual([state, reason])
    // Records before its claim may have been trimmed.
    const kinds = await kindsOf(session)
    expect(kinds.slice(kinds.lastIndexOf('claim'))).not.toContain('connect')
    expect([runner.dials.length, next.dials.length]).toEqual([1, 0])
  })

  test('with 401 keeps the credentials in place, and in an object that is put aside', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('before'), 'before')
    await journal.whenDurable(journal.append({ mutation: { creds: 'the credentials' } }))
    journal.close()
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } }])
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    runner.dials[0]?.events.onLogin()
    runner.dials[0]?.events.onClose(401)
    await stateOf(session).toEqual(['LOGGED_OUT', 'logged-out'])
    await expect
      .poll(async () => (await fieldsOf(session))['putAside'])
      .toEqual([expect.objectContaining({ reason: 'logged-out' })])
    await runner.leave()
    const { state } = await takeOver(session, { runnerId: 'next', objects: clients.objects })
    expect(state.image.creds).toBe('the credentials')
  })

  test('because of another connection makes the owner wait before it dials again', async () => {
    const session = await newSession()
    const soon = { fraction: () => 0, bytes: (length: number) => randomBytes(length) }
    const runner = await startRunner({ wrappingKey: session.wrappingKey, random: soon })
    await dialsOf(runner).toBe(1)
    runner.dials[0]?.events.onClose(440)
    await stateOf(session).toEqual(['REPLACED', 'replaced-waiting'])
    const { nextAttemptAt, since } = await fieldsOf(session)
    expect((nextAttemptAt as Date).getTime() - (since as Date).getTime()).toBeGreaterThan(15_000)
    expect(runner.dials).toHaveLength(1)
  })

  test('because of another connection makes the next owner wait as well', async () => {
    const session = await newSession()
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    runner.dials[0]?.events.onClose(440)
    await stateOf(session).toEqual(['REPLACED', 'replaced-waiting'])
    await runner.leave()
    const next = await startRunner({ wrappingKey: session.wrappingKey })
    await expect(vi.waitUntil(() => next.dials.length > 0, { timeout: 2000 })).rejects.toThrow('Timed out')
    expect(next.sessions.size).toBe(1)
  })

  test('with 401 before the first login means that the pairing was interrupted', async () => {
    const session = await newSession()
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    runner.dials[0]?.events.onClose(401)
    await stateOf(session).toEqual(['BACKOFF', 'pairing-void'])
    await expect.poll(() => runner.dials.length).toBe(2)
  })
})

describe('the data key', () => {
  test('of a session that was created by hand is made with the first claim', async () => {
    const session = new SessionUnderTest(clients.documents)
    const [tenant, name] = session.sessionId.split('.')
    const byHand = { v: 1, tenant, name, wanted: 'online', createdAt: SERVER_TIME }
    await clients.documents.commit([{ kind: 'create', path: sessionPath(session.sessionId), fields: byHand }])
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(runner).toBe(1)
    const key = await clients.documents.read(sessionKeyPath(session.sessionId))
    expect(key?.fields).toMatchObject({ v: 1, current: 1, keys: { '1': { wrappedBy: session.wrappingKey.id } } })
  })

  test('that is missing although a journal exists is never made anew', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    await journal.whenDurable(journal.append({ mutation: { creds: 'the credentials' } }))
    await clients.documents.commit([
      { kind: 'delete', path: sessionKeyPath(session.sessionId) },
      { kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } },
    ])
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await stateOf(session).toEqual(['NEEDS_ATTENTION', 'data-key-missing'])
    expect(await clients.documents.read(sessionKeyPath(session.sessionId))).toBeNull()
    expect(runner.dials).toHaveLength(0)
  })

  test('that another key has wrapped leaves everything unchanged, and opens with the right key', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    await journal.whenDurable(journal.append({ mutation: { creds: 'the credentials' } }))
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } }])
    const before = await clients.documents.read(sessionKeyPath(session.sessionId))
    const wrong = await startRunner({ wrappingKey: new WrappingKey(randomBytes(32)) })
    await stateOf(session).toEqual(['NEEDS_ATTENTION', 'wrong-key'])
    expect((await clients.documents.read(sessionKeyPath(session.sessionId)))?.fields).toEqual(before?.fields)
    expect(wrong.dials).toHaveLength(0)
    // The operator corrects the key, stops the session and starts it.
    await wrong.leave()
    await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { state: 'STOPPED' } }])
    const right = await startRunner({ wrappingKey: session.wrappingKey })
    await dialsOf(right).toBe(1)
  })
})

describe('a session with a damaged state', () => {
  test('needs attention, and its records are unchanged', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    for (const creds of ['1', '2', '3']) await journal.whenDurable(journal.append({ mutation: { creds } }))
    const gap = `${journalPath(session.sessionId)}/${String(3).padStart(20, '0')}`
    await clients.documents.commit([
      { kind: 'delete', path: gap },
      { kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } },
    ])
    const runner = await startRunner({ wrappingKey: session.wrappingKey })
    await stateOf(session).toEqual(['NEEDS_ATTENTION', 'journal-gap'])
    expect(await kindsOf(session)).toEqual(['claim', 'data', 'data', 'claim', 'data'])
    expect(runner.dials).toHaveLength(0)
  })

  test('reports a missing last record like any other damage', async () => {
    const session = await newSession()
    const journal = session.journal(await session.claim('a'), 'a')
    for (const creds of ['1', '2']) await journal.whenDurable(journal.append({ mutation: { creds } }))
    await clients.documents.commit([
      { kind: 'delete', path: `${journalPath(session.sessionId)}/${String(3).padStart(20, '0')}` },
      { kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null, journalHead: 3 } },
    ])
    await startRunner({ wrappingKey: session.wrappingKey })
    await expect.poll(async () => (await fieldsOf(session))['reason']).toBe('journal-short')
  })
})
