import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AcceptedMessage } from '@holdfast/client/types'
import type { StorageType } from '../../sandbox/environment.ts'
import type { Exit } from '../../sandbox/processes.ts'
import { type Chat, EngineWorld, eventually } from '../support/engine-world.ts'

// Plays the whole story with the storage types that are not the default. All other tests use `hybrid`.

interface Info {
  store: { valid: boolean; path: { journal: string; checkpoints: string }; problems: { code: string; advice: string }[] }
  session: { exists: boolean; status: string; reason?: string; sentence?: string; userAction?: string }
  persistence: { willSurviveRestart: boolean }
}

let world: EngineWorld

const infoOf = async ({ name }: Chat): Promise<Info> =>
  (await (await world.sandbox.api(`/api/sessions/${name}/info`)).json()) as Info

/** Asserts that every message reached its recipient once, and that the device was linked once. */
async function assertNothingLost(chat: Chat, jobs: readonly AcceptedMessage[], texts: readonly string[]) {
  for (const job of jobs) await chat.untilStatus(job, 'delivered')
  await eventually(async () => expect((await chat.stored()).toSorted()).toEqual(texts.toSorted()))
  await eventually(async () => expect((await chat.account()).offlineQueue).toBe(0))
  const received = (await chat.received()).map(({ id }) => id)
  expect(new Set(received)).toEqual(new Set(jobs.map(({ messageId }) => messageId)))
  expect(received).toHaveLength(jobs.length)
  expect((await chat.account()).registrations).toBe(1)
  expect((await world.simulator.state()).violations).toEqual([])
}

/** Sends messages both ways, and calls `strike` before each pair. */
async function converse(chat: Chat, count: number, strike: (index: number) => Promise<void>) {
  const jobs: AcceptedMessage[] = []
  const texts: string[] = []
  for (let index = 0; index < count; index++) {
    await strike(index)
    jobs.push(await chat.send(`out ${index}`))
    texts.push(`in ${index}`)
    await chat.receive(`in ${index}`)
  }
  return { jobs, texts }
}

/** The owner hears of a job within this time. A job that waits for another shows no sign of it from outside. */
const HEARD_WITHIN_MS = 3000

/** These tests start processes again and again. */
const WHOLE = { timeout: 180_000 }

const killRunner = () => world.sandbox.runner('runner-1').kill()

const runnerStarts = () => new Promise<void>((resolve) => world.sandbox.runner('runner-1').once('started', () => resolve()))

/** Starts one world for the tests of each storage type. */
function inWorldOf(storage: StorageType, tests: () => void): void {
  describe(`with storage type \`${storage}\``, () => {
    beforeAll(async () => {
      world = await EngineWorld.start({ ownFirestore: true, storage, runnerEnv: { CHECKPOINT_RECORDS: '16' } })
    }, WHOLE.timeout)

    afterAll(async () => {
      await world[Symbol.asyncDispose]()
    })

    testKills(storage)
    tests()
  })
}

function testKills(storage: StorageType): void {
  test(
    'a session whose runner is killed in the middle of traffic and again at rest loses nothing and needs no second scan',
    WHOLE,
    async () => {
      const chat = await world.linked(`kept-${storage}`)
      const first = await converse(chat, 16, async (index) => {
        if (index === 6 || index === 12) killRunner()
      })
      await assertNothingLost(chat, first.jobs, first.texts)
      // A kill at rest loses nothing either.
      const again = runnerStarts()
      killRunner()
      await again
      const second = await converse(chat, 3, async () => {})
      await assertNothingLost(chat, [...first.jobs, ...second.jobs], [...first.texts, ...second.texts])
      await chat.works()
      const info = await infoOf(chat)
      expect(info).toMatchObject({
        store: { valid: true, problems: [], checkedByOwner: { type: storage, valid: true } },
        session: { exists: true, status: 'valid' },
        persistence: { willSurviveRestart: true },
      })
      const inDirectory = `${world.sandbox.sessionsFolder}/${chat.sessionId}`
      expect(info.store.path.journal.startsWith(inDirectory)).toBe(storage === 'local')
      expect(info.store.path.checkpoints.startsWith(storage === 'local' ? inDirectory : 'gs://')).toBe(true)
      const { checkpoint } = await chat.document()
      expect(checkpoint).toMatchObject({ object: expect.stringContaining(`sessions/${chat.sessionId}/`) })
      if (storage === 'local') expect((await readdir(join(inDirectory, 'checkpoints'))).length).toBeGreaterThan(0)
    },
  )
}

inWorldOf('cloud', () => {
  test(
    'a runner that starts while Cloud Storage is away waits, names what it waits for, and goes on by itself',
    WHOLE,
    async () => {
      const chat = await world.linked('waiting')
      const { sandbox, google } = world
      await sandbox.stopRunner('runner-1')
      await sandbox.storage.stop()
      await sandbox.startRunner('runner-1')
      await eventually(async () => {
        const runners = await google.documents.query({ collection: RUNNERS })
        const problems = [
          expect.objectContaining({ code: 'store-unavailable', sentence: expect.stringContaining('Cloud Storage') }),
        ]
        expect(runners.map(({ fields }) => fields['store'])).toEqual([expect.objectContaining({ valid: false, problems })])
      })
      expect((await chat.document())['runnerId']).toBeNull()
      await sandbox.storage.start()
      await chat.works()
      const [runner] = await google.documents.query({ collection: RUNNERS })
      await eventually(async () =>
        expect((await google.documents.read(runner?.path ?? ''))?.fields['store']).toMatchObject({ valid: true }),
      )
      expect((await chat.account()).registrations).toBe(1)
    },
  )

  test('a session goes on under traffic while its connection drops again and again', WHOLE, async () => {
    const chat = await world.linked('dropped')
    let since = 0
    const isBack = () => world.happens(({ type, phone }) => type === 'login' && phone === chat.phone, since)
    const { jobs, texts } = await converse(chat, 18, async (index) => {
      // Messages between the drop and the login arrive while the session is away.
      if (index % 6 === 2) await isBack()
      if (index % 6 !== 5) return
      since = world.happened.length
      await chat.fault('drop')
    })
    await assertNothingLost(chat, jobs, texts)
    expect((await chat.account()).logins).toBeGreaterThanOrEqual(3)
    await chat.works()
    expect(await infoOf(chat)).toMatchObject({ session: { status: 'valid' }, persistence: { willSurviveRestart: true } })
  })
})

/** Signals the whole process group: the emulator's process and the java process that it runs. */
const signalFirestore = (signal: NodeJS.Signals): void => {
  process.kill(-(world.sandbox.firestore.pid ?? Number.NaN), signal)
}

inWorldOf('local', () => {
  test('a session goes on while Firestore is away, and Firestore catches up afterwards', WHOLE, async () => {
    const chat = await world.linked('alone', { receipts: false })
    const warmUp = await chat.send('before')
    await chat.untilStatus(warmUp, 'sent')
    const earlier = await chat.receive('before')
    await world.happens(({ type, id }) => type === 'receipt' && id === earlier)
    // The owner has taken the first job, which is on the wire without its ack. The others wait behind it.
    await chat.fault('hold-acks')
    const jobs = [await chat.send('one'), await chat.send('two'), await chat.send('three')]
    await world.happens(({ type, id }) => type === 'message' && id === jobs[0]?.messageId)
    await pause(HEARD_WITHIN_MS)
    const texts = Array.from({ length: 5 }, (_, index) => `during ${index}`)
    const since = world.happened.length
    signalFirestore('SIGSTOP')
    try {
      await world.clearFaults()
      // Received messages are stored and receipted, and the ack of the taken job counts. The others wait: somebody may cancel them.
      for (const text of texts.slice(0, 3)) await isReceipted(await chat.receive(text), since)
      await world.happens(({ type, id }) => type === 'acked' && id === jobs[0]?.messageId)
      // A lost connection is made again.
      const lost = world.happened.length
      await chat.fault('drop')
      await world.happens(({ type, phone }) => type === 'login' && phone === chat.phone, lost)
      for (const text of texts.slice(3)) await isReceipted(await chat.receive(text), lost)
    } finally {
      signalFirestore('SIGCONT')
    }
    for (const job of jobs) await chat.untilStatus(job, 'sent')
    await eventually(async () => expect(await chat.stored()).toEqual(['before', ...texts]))
    await chat.works()
    expect((await chat.received()).map(({ text }) => text)).toEqual(['before', 'one', 'two', 'three'])
    expect((await chat.account()).registrations).toBe(1)
    expect((await world.simulator.state()).violations).toEqual([])
  })

  test('a missing directory is reported as missing, and no new identity is made', WHOLE, async () => {
    const chat = await world.linked('unmounted')
    const job = await chat.send('before')
    await chat.untilStatus(job, 'delivered')
    const { sandbox } = world
    const { sessionsFolder } = sandbox
    await sandbox.stopRunner('runner-1')
    const { journalHead, checkpoint } = await chat.document()

    // The directory is missing: neither the runner nor the API takes it for an empty one.
    await rename(sessionsFolder, `${sessionsFolder}.away`)
    const exited = new Promise<Exit>((resolve) => sandbox.runner('runner-1').once('exited', resolve))
    await sandbox.startRunner('runner-1')
    expect(await exited).toMatchObject({ code: 78 })
    expect(await world.logs()).toMatch(/sessions does not exist. Mount the disk/)
    await sandbox.stopRunner('runner-1')
    expect(await infoOf(chat)).toMatchObject({
      store: { valid: false, problems: [{ code: 'store-missing', advice: expect.stringContaining('SESSION_STORAGE_PATH') }] },
      session: { exists: true, status: 'unknown' },
      persistence: { willSurviveRestart: false },
    })

    // Another directory is mounted in its place.
    await mkdir(sessionsFolder)
    await sandbox.startRunner('runner-1')
    await chat.untilSession('FAILED NEEDS_ATTENTION journal-missing')
    expect(await infoOf(chat)).toMatchObject({ session: { status: 'corrupt', reason: 'journal-missing' } })
    expect(await chat.document()).toMatchObject({ journalHead, checkpoint })
    expect(await readdir(sessionsFolder)).toEqual(['_store'])
    await sandbox.stopRunner('runner-1')

    // The right directory is back, and the session works as before.
    await rename(sessionsFolder, `${sessionsFolder}.wrong`)
    await rename(`${sessionsFolder}.away`, sessionsFolder)
    await sandbox.startRunner('runner-1')
    await chat.works()
    const later = await chat.send('after')
    await assertNothingLost(chat, [job, later], [])
  })
})

const isReceipted = (id: string, since: number) => world.happens((event) => event.type === 'receipt' && event.id === id, since)
