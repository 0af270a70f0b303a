import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { SERVER_TIME } from '@holdfast/core/platform/ports'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { JournaledState } from '../../../runner/src/session/journal/journaled-state.ts'
import { listMessages, receive, stanza, textMessage } from '../../support/engine/owner.ts'
import type { GivenParts, RunnerOptions, RunnerUnderTest } from '../../support/engine/runner-under-test.ts'
import { SessionUnderTest } from '../../support/engine/session-under-test.ts'
import { runnersOfThisFile } from '../../support/engine/runners-of-a-file.ts'

// Storage mode `cloud`: the state is in memory only during a connection, and is read again for the next one.

const { clients, startRunner: start } = runnersOfThisFile()

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const startRunner = ({ wrappingKey }: SessionUnderTest, options: Partial<RunnerOptions> = {}): Promise<RunnerUnderTest> =>
  start({ wrappingKey, keepsImage: false, ...options })

const newSession = () => new SessionUnderTest(clients.documents).create()

const fieldsOf = async ({ sessionId }: SessionUnderTest) => (await clients.documents.read(sessionPath(sessionId)))?.fields ?? {}

const stateOf = (session: SessionUnderTest) => expect.poll(async () => (await fieldsOf(session))['state'])

const dialsOf = (runner: RunnerUnderTest) => expect.poll(() => runner.dials.length, { timeout: 10_000 })

test('the image is not in memory between two connections, and the next connection has everything durable', async () => {
  const session = await newSession()
  const images: WeakRef<StateImage>[] = []
  let latest: JournaledState | null = null
  const onClient = ({ state }: GivenParts): void => {
    images.push(new WeakRef(state.image))
    latest = state
  }
  const runner = await startRunner(session, { onClient })
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onLogin()
  // One change has its own record. The other would have been part of a later record.
  const change = (state: JournaledState): void => {
    state.change({ creds: 'the credentials', keys: { session: { alice: 'ratchet' } } })
    state.later({ session: { bob: 'carried' } })
  }
  change(latest!)
  latest = null
  // The session dials at once after the first failure, and waits after the second.
  runner.dials[0]?.events.onClose(503)
  runner.dials.splice(0)
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onClose(503)
  runner.dials.splice(0)
  latest = null
  await stateOf(session).toBe('BACKOFF')
  await expect
    .poll(
      () => {
        collectGarbage()
        return images.map((image) => image.deref() !== undefined)
      },
      { timeout: 10_000 },
    )
    .toEqual([false, false])
  // An operator asks for a restart, which ends the wait.
  await ask(session, 'restart')
  await dialsOf(runner).toBe(1)
  const { image } = latest!
  expect([image.creds, image.get('session', 'alice'), image.get('session', 'bob')]).toEqual([
    'the credentials',
    'ratchet',
    'carried',
  ])
  expect(image.get('meta', 'everLoggedIn')).toBe('1')
})

test('a requested restart reads the state again as well', async () => {
  const session = await newSession()
  const states: JournaledState[] = []
  const runner = await startRunner(session, { onClient: ({ state }) => states.push(state) })
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onOpen()
  await stateOf(session).toBe('CONNECTED')
  await ask(session, 'restart')
  await dialsOf(runner).toBe(2)
  expect(states).toHaveLength(2)
  expect(states[0]?.image).not.toBe(states[1]?.image)
  runner.dials[1]?.events.onOpen()
  await stateOf(session).toBe('CONNECTED')
})

test('an action on a session that waits for an operator reads the state, and lets it go afterwards', async () => {
  const session = await newSession()
  const images: WeakRef<StateImage>[] = []
  let latest: JournaledState | null = null
  const onClient = ({ state }: GivenParts): void => {
    images.push(new WeakRef(state.image))
    latest = state
  }
  const runner = await startRunner(session, { onClient })
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onLogin()
  await latest!.journal.whenDurable(latest!.change({ creds: 'the credentials' }))
  runner.dials[0]?.events.onClose(401)
  runner.dials.splice(0)
  latest = null
  await stateOf(session).toBe('LOGGED_OUT')
  const resultOf = (id: string) =>
    expect.poll(async () => (await clients.documents.read(recoveryActionPath(id)))?.fields['result'])
  await resultOf(await ask(session, 'backup')).toMatchObject({ code: 'backed-up' })
  latest = null
  const kept = () => {
    collectGarbage()
    return images.map((image) => image.deref() !== undefined)
  }
  await expect.poll(kept, { timeout: 10_000 }).toEqual([false, false])
  expect(runner.dials).toHaveLength(0)
  const rotation = await ask(session, 'rotate')
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onQr('a code for the new device', 60_000)
  await resultOf(rotation).toMatchObject({ code: 'rotated' })
})

test('a state that was given up accepts no more changes', async () => {
  const session = await newSession()
  const states: JournaledState[] = []
  const runner = await startRunner(session, { onClient: ({ state }) => states.push(state) })
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onClose(515)
  await dialsOf(runner).toBe(2)
  const [old, present] = states
  expect(old?.change({ keys: { session: { late: 'word' } } })).toBe(Number.POSITIVE_INFINITY)
  expect(old?.append({ kind: 'checkpoint' })).toBe(Number.POSITIVE_INFINITY)
  old?.later({ session: { later: 'word' } })
  const { journal } = present!
  await journal.whenDurable(present!.change({ keys: { session: { present: 'word' } } }))
  runner.dials[1]?.events.onClose(515)
  await dialsOf(runner).toBe(3)
  const next = states[2]?.image
  expect([next?.get('session', 'late'), next?.get('session', 'later'), next?.get('session', 'present')]).toEqual([
    undefined,
    undefined,
    'word',
  ])
})

test('a message with a late document is listed behind the messages that a reader has already seen', async () => {
  const session = await newSession()
  const given: GivenParts[] = []
  const runner = await startRunner(session, { onClient: (options) => given.push(options) })
  await dialsOf(runner).toBe(1)
  const [{ state, deliveries } = expect.unreachable()] = given
  const owner = { state, inbox: deliveries.inbox }
  // The connection ends with the record that has the other message's document. A history sync still reserves the first message.
  const waiting = stanza('waits')
  owner.inbox.reserve(textMessage('waits'), { hash: 'told', id: 'told', at: 0, plain: Buffer.of() })
  receive(owner, waiting)
  receive(owner, stanza('documented'))
  runner.dials[0]?.events.onClose(515)
  await owner.state.journal.whenDurable()
  const [read] = await listMessages(session)
  expect(read?.messageId).toBe('documented')
  await dialsOf(runner).toBe(2)
  expect(await listMessages(session, read?.order)).toMatchObject([{ messageId: 'waits' }])
})

test('a waiting session is not read before it may dial, and waits for the whole time', async () => {
  const session = await newSession()
  const soon = { fraction: () => 0, bytes: (length: number) => randomBytes(length) }
  let reads = 0
  const runner = await startRunner(session, { random: soon, onClient: () => void reads++ })
  await dialsOf(runner).toBe(1)
  runner.dials[0]?.events.onClose(440)
  await stateOf(session).toBe('REPLACED')
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect([reads, runner.dials.length]).toEqual([1, 1])
})

test('a replacement in the past does not shorten the wait after later failures', async () => {
  const session = await newSession()
  const past = JSON.stringify({ atMs: [Date.now() - 1000], dialAtMs: Date.now() - 1000 })
  const journal = session.journal(await session.claim('before'), 'before')
  await journal.whenDurable(journal.append({ mutation: { creds: 'the credentials', keys: { meta: { replaced: past } } } }))
  await clients.documents.commit([{ kind: 'merge', path: sessionPath(session.sessionId), fields: { runnerId: null } }])
  const runner = await startRunner(session)
  await dialsOf(runner).toBe(1)
  for (const dials of [1, 2]) {
    runner.dials[dials - 1]?.events.onClose(503)
    if (dials === 1) await dialsOf(runner).toBe(2)
  }
  await stateOf(session).toBe('BACKOFF')
  const { nextAttemptAt } = await fieldsOf(session)
  expect((nextAttemptAt as Date).getTime() - Date.now()).toBeGreaterThan(20_000)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect(runner.dials).toHaveLength(2)
})

describe('a checkpoint that is being written when the connection ends', () => {
  test('is finished during the next connection, without a loss', async () => {
    const session = await newSession()
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    let creating = 0
    const objects = {
      placeOf: (name: string) => name,
      list: (prefix: string) => clients.objects.list(prefix),
      describe: (prefix: string) => clients.objects.describe(prefix),
      read: (name: string, generation?: string) => clients.objects.read(name, generation),
      async create(name: string, bytes: Buffer) {
        creating++
        await held
        return clients.objects.create(name, bytes)
      },
    }
    const states: JournaledState[] = []
    const checkpoints = { everyRecords: 4, everyMs: 60_000 }
    const runner = await startRunner(session, { objects, checkpoints, onClient: ({ state }) => states.push(state) })
    await dialsOf(runner).toBe(1)
    const { journal } = states[0]!
    for (const id of ['1', '2', '3', '4', '5', '6'])
      await journal.whenDurable(states[0]!.change({ keys: { session: { [id]: id } } }))
    await expect.poll(() => creating).toBe(1)
    runner.dials[0]?.events.onClose(515)
    await dialsOf(runner).toBe(2)
    letGo()
    await journal.whenDurable(states[1]!.change({ keys: { session: { '7': '7' } } }))
    expect([...states[1]!.image.entries('session')].map(([id]) => id).toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
    await expect.poll(async () => (await fieldsOf(session))['checkpoint']).toMatchObject({ epoch: 1 })
    runner.dials[1]?.events.onClose(515)
    await dialsOf(runner).toBe(3)
    expect([...states[2]!.image.entries('session')].map(([id]) => id).toSorted()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
  })
})

async function ask({ sessionId }: SessionUnderTest, type: 'restart' | 'backup' | 'rotate'): Promise<string> {
  const fields = {
    v: 1,
    tenant: 'default',
    sessionId,
    type,
    state: 'pending',
    requestedBy: 'test',
    why: 'a test',
    requestedAt: SERVER_TIME,
  }
  const id = randomBytes(6).toString('hex')
  await clients.documents.commit([{ kind: 'create', path: recoveryActionPath(id), fields }])
  return id
}
