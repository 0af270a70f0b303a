import { Storage } from '@google-cloud/storage'
import { join } from 'node:path'
import type { GoogleClients } from '@holdfast/core/adapters/google/clients'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { directoryPath } from '@holdfast/core/message/directory-document'
import { JOBS } from '@holdfast/core/message/job-document'
import { messagesPath } from '@holdfast/core/message/message-document'
import { openReceivedContent } from '@holdfast/core/message/sealed-content'
import { API_KEYS } from '@holdfast/core/operations/api-key-document'
import { TENANTS } from '@holdfast/core/operations/tenant-document'
import { SESSION_KEYS, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { exportFirestore, findFirestoreEmulator, firestoreProcess } from '../../../sandbox/google/firestore-emulator.ts'
import { freePort } from '../../../sandbox/ports.ts'
import { repositoryFile } from '../../../sandbox/product.ts'
import { clientsOf } from '../../support/clients-of-sandbox.ts'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'
import { runMove } from '../../support/run-move.ts'
import { storedCipher } from '../../support/stored-state.ts'

/** Sessions come back from their checkpoints alone, after Firestore was lost. */

// Several processes, one after the other.
vi.setConfig({ testTimeout: 240_000 })

let world: EngineWorld
let chat: Chat

beforeAll(async () => {
  world = await EngineWorld.start({ schedules: false })
  chat = await world.linked('rebuilt')
}, 120_000)

afterAll(async () => {
  const { violations } = await world.simulator.state()
  await world?.[Symbol.asyncDispose]()
  expect(violations).toEqual([])
})

async function talks(word: string): Promise<void> {
  const sent = await chat.send(`out ${word}`)
  await chat.untilStatus(sent, 'delivered')
  expect((await chat.received()).filter(({ id }) => id === sent.messageId)).toHaveLength(1)
  await chat.receive(`in ${word}`)
  await eventually(async () => expect(await chat.stored()).toContain(`in ${word}`))
  expect((await chat.account()).registrations).toBe(1)
}

const recordsOf = async ({ sessionId } = chat): Promise<number[]> =>
  (await world.google.documents.query({ collection: journalPath(sessionId), select: ['seq'] })).map(({ id }) => Number(id))

/** What a backup of Firestore has of the session. */
async function pathsInFirestore({ sessionId } = chat): Promise<string[]> {
  const records = await world.google.documents.query({ collection: journalPath(sessionId), select: [] })
  return [sessionPath(sessionId), sessionKeyPath(sessionId), ...records.map(({ path }) => path)]
}

/** Everything that Firestore has of the sessions is gone, as after the loss of a database. */
async function loseFirestore(...chats: readonly Chat[]): Promise<void> {
  const { documents } = world.google
  for (const one of chats) {
    await documents.commit((await pathsInFirestore(one)).map((path) => ({ kind: 'delete', path })))
    expect(await recordsOf(one)).toEqual([])
  }
  for (const collection of [SESSIONS, SESSION_KEYS]) expect(await documents.query({ collection })).toEqual([])
}

/** The bucket as operators have it: versions are kept, as `npm run infra` has it. */
async function versionedBucket() {
  const { storage, project, bucket: name } = world.sandbox.info
  const bucket = new Storage({ apiEndpoint: storage, projectId: project }).bucket(name)
  await bucket.setMetadata({ versioning: { enabled: true } })
  return bucket
}

/** Flips a bit in the sealed part of each checkpoint of a session. Returns their names. */
async function damageCheckpoints({ sessionId }: Chat): Promise<string[]> {
  const [files] = await (await versionedBucket()).getFiles({ prefix: `sessions/${sessionId}/` })
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const [damaged] = await file.download()
    damaged[damaged.length - 20] = (damaged[damaged.length - 20] ?? 0) ^ 1
    await file.save(damaged)
  }
  return files.map(({ name }) => name)
}

/** Brings the first version of each object back, as `gcloud storage cp gs://B/NAME#GENERATION gs://B/NAME` does. */
async function bringVersionsBack(names: readonly string[]): Promise<void> {
  const bucket = await versionedBucket()
  for (const name of names) {
    const [versions] = await bucket.getFiles({ prefix: name, versions: true })
    const [first] = versions.toSorted((one, other) => Number(one.metadata.generation) - Number(other.metadata.generation))
    expect(versions.length).toBeGreaterThan(1)
    const [bytes] = (await first?.download()) ?? []
    await bucket.file(name).save(bytes ?? '')
  }
}

test('a session whose documents, journal and key are gone is rebuilt from the bucket, and goes on without a QR code', async () => {
  await talks('before')
  // While Firestore has the session, there is nothing to rebuild.
  const early = await runMove(world, 'rebuild', '--session', chat.name, '--old-owner-is-stopped')
  expect(early).toMatchObject({ code: 1 })
  expect(early.said).toContain('Firestore still has the session.')
  await world.sandbox.stopRunner('runner-1')
  const lastNumber = Math.max(...(await recordsOf()))
  await loseFirestore(chat)

  const plan = await runMove(world, 'rebuild', '--all')
  expect(plan, plan.said).toMatchObject({ code: 0, result: { wouldRebuild: [chat.sessionId], rebuilt: [] } })
  expect(await recordsOf()).toEqual([])
  const rebuilt = await runMove(world, 'rebuild', '--all', '--old-owner-is-stopped')
  expect(rebuilt, rebuilt.said).toMatchObject({ code: 0, result: { rebuilt: [{ session: chat.sessionId }] } })
  // No number that an old owner can try is used again.
  expect(Math.min(...(await recordsOf()))).toBeGreaterThan(lastNumber + 100_000)
  expect(await chat.document()).toMatchObject({ wanted: 'offline', runnerId: null, putAside: [{ reason: 'rebuilt' }] })

  await world.sandbox.startRunner('runner-1')
  await world.api.want(chat.name, 'start')
  await chat.works()
  await talks('after')
  const again = await runMove(world, 'rebuild', '--all', '--old-owner-is-stopped')
  expect(again, again.said).toMatchObject({ code: 0, result: { rebuilt: [] } })
})

test('a session that a restored Firestore has as it was before goes on with what WhatsApp has seen since', async () => {
  const { documents } = world.google
  await talks('before the backup')
  const backup = await Promise.all((await pathsInFirestore()).map((path) => documents.read(path)))
  // What comes after the backup steps the ratchets of both sides.
  for (const word of ['since', 'since then', 'and since then']) await talks(word)
  await world.sandbox.stopRunner('runner-1')
  const lastNumber = Math.max(...(await recordsOf()))
  await documents.commit((await pathsInFirestore()).map((path) => ({ kind: 'delete', path })))
  const restored = backup.flatMap((document) =>
    document ? [{ kind: 'create' as const, path: document.path, fields: document.fields }] : [],
  )
  await documents.commit(restored)
  expect(Math.max(...(await recordsOf()))).toBeLessThan(lastNumber)

  const plan = await runMove(world, 'rebuild', '--all', '--firestore-is-from-a-backup')
  expect(plan, plan.said).toMatchObject({ code: 0, result: { wouldRebuild: [chat.sessionId] } })
  const how = ['--all', '--firestore-is-from-a-backup', '--old-owner-is-stopped']
  const rebuilt = await runMove(world, 'rebuild', ...how)
  expect(rebuilt, rebuilt.said).toMatchObject({ code: 0, result: { rebuilt: [{ session: chat.sessionId }], failed: [] } })
  expect(Math.max(...(await recordsOf()))).toBeGreaterThan(lastNumber + 100_000)
  const document = await chat.document()
  expect(document).toMatchObject({ wanted: 'offline', state: 'STOPPED', runnerId: null })
  expect(document['putAside']).toContainEqual(expect.objectContaining({ reason: 'rebuilt' }))

  await world.sandbox.startRunner('runner-1')
  await world.api.want(chat.name, 'start')
  await chat.works()
  await talks('after the restore')
})

test('a session that cannot be rebuilt is named with the reason, keeps no other one away, and is rebuilt once versions of its objects are back', async () => {
  const hurt = await world.linked('hurt')
  await world.sandbox.stopRunner('runner-1')
  const names = await damageCheckpoints(hurt)
  await loseFirestore(chat, hurt)

  const first = await runMove(world, 'rebuild', '--all', '--old-owner-is-stopped')
  expect(first, first.said).toMatchObject({
    code: 1,
    result: {
      rebuilt: [{ session: chat.sessionId }],
      failed: [{ session: hurt.sessionId, why: expect.stringContaining(`No checkpoint of ${hurt.sessionId} opens.`) }],
    },
  })
  const { failed } = first.result as { failed: { why: string }[] }
  expect(names.filter((name) => !failed[0]?.why.includes(name))).toEqual([])
  expect(first.said).toContain(`${hurt.sessionId} was not rebuilt.`)
  expect(await hurt.document()).toEqual({})

  const alone = await runMove(world, 'rebuild', '--all', '--old-owner-is-stopped')
  expect(alone, alone.said).toMatchObject({ code: 1, result: { rebuilt: [], failed: [{ session: hurt.sessionId }] } })
  await bringVersionsBack(names)
  const mended = await runMove(world, 'rebuild', '--all', '--old-owner-is-stopped')
  expect(mended, mended.said).toMatchObject({ code: 0, result: { rebuilt: [{ session: hurt.sessionId }], failed: [] } })
  await world.sandbox.startRunner('runner-1')
  for (const { name } of [chat, hurt]) await world.api.want(name, 'start')
  await hurt.works()
  await talks('beside a damaged one')
})

test('an export of Firestore brings messages, jobs, configuration and keys back, and the sessions go on from the bucket', async () => {
  const { info, folder } = world.sandbox
  const settings = { config: { retention: { finishedDays: 77 } } }
  expect((await world.sandbox.api('/api/tenant', { method: 'PATCH', json: settings })).status).toBe(200)
  expect((await world.sandbox.api('/api/keys', { json: { name: 'exported', role: 'read' } })).status).toBe(201)
  await talks('before the export')
  const exported = join(folder, 'exported')
  const before = await contentOf(world.google)
  await exportFirestore(info.firestore, info.project, exported)
  await talks('since the export')
  await world.sandbox.stopRunner('runner-1')

  const restored = firestoreProcess({
    ...(await findFirestoreEmulator(process.env)),
    port: await freePort(),
    folder: exported,
    rules: repositoryFile('firestore.rules'),
    env: { PATH: process.env['PATH'] ?? '' },
    log: join(folder, 'logs', 'restored-firestore.log'),
  })
  const ready = (await restored.start()) as { port: number }
  const firestore = `127.0.0.1:${ready.port}`
  const google = clientsOf({ ...info, firestore })
  try {
    expect(await contentOf(google)).toEqual(before)
    const how = ['--all', '--firestore-is-from-a-backup', '--old-owner-is-stopped']
    // The heartbeats of the export are as young as the database at first.
    const rebuilt = await eventually(async () => {
      const run = await runMove({ sandbox: { info: { ...info, firestore }, folder } }, 'rebuild', ...how)
      expect(run, run.said).toMatchObject({ code: 0, result: { failed: [] } })
      return run
    })
    expect(rebuilt.result).toMatchObject({
      rebuilt: expect.arrayContaining([expect.objectContaining({ session: chat.sessionId })]),
    })
    // What was stored is read with the keys that came back, and what the bucket had since then is in the session.
    const cipher = await storedCipher({ google, sandbox: world.sandbox }, chat)
    const messages = await google.documents.query({ collection: messagesPath(chat.sessionId) })
    const texts = messages.map(({ id, fields }) => openReceivedContent(cipher, id, fields as { content: Uint8Array }).text)
    expect(texts).toContain('in before the export')
    expect(texts).not.toContain('in since the export')
  } finally {
    clientsOf(info)
    await google.close()
    await restored.stop()
  }
})

/** What only Firestore has, by path: what people configured and said. States of sessions are older after a restore. */
async function contentOf({ documents }: GoogleClients): Promise<ReadonlyMap<string, unknown>> {
  const collections = [
    JOBS,
    TENANTS,
    API_KEYS,
    SESSION_KEYS,
    messagesPath(chat.sessionId),
    directoryPath(chat.sessionId, 'chats'),
  ]
  const found = await Promise.all(collections.map((collection) => documents.query({ collection })))
  expect(found.map((one, place) => (one.length > 0 ? '' : collections[place])).filter(Boolean)).toEqual([])
  return new Map(found.flat().map(({ path, fields }) => [path, fields]))
}
