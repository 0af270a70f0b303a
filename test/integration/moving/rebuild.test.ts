import { Storage } from '@google-cloud/storage'
import { journalPath } from '@holdfast/core/journal/journal-record'
import { SESSION_KEYS, sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Chat, EngineWorld, eventually } from '../../support/engine-world.ts'
import { runMove } from '../../support/run-move.ts'

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

/** Flips a bit in the sealed part of each checkpoint of a session. Returns how to bring them back, as from earlier versions. */
async function damageCheckpoints({ sessionId }: Chat): Promise<{ names: string[]; mend: () => Promise<void> }> {
  const { storage, project, bucket } = world.sandbox.info
  const [files] = await new Storage({ apiEndpoint: storage, projectId: project })
    .bucket(bucket)
    .getFiles({ prefix: `sessions/${sessionId}/` })
  const whole = await Promise.all(files.map(async (file) => ({ file, bytes: (await file.download())[0] })))
  expect(whole).not.toEqual([])
  for (const { file, bytes } of whole) {
    const damaged = Buffer.from(bytes)
    damaged[damaged.length - 20] = (damaged[damaged.length - 20] ?? 0) ^ 1
    await file.save(damaged)
  }
  const mend = async () => {
    for (const { file, bytes } of whole) await file.save(bytes)
  }
  return { names: files.map(({ name }) => name), mend }
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

test('a session that cannot be rebuilt is named with the reason, keeps no other one away, and is rebuilt once it is mended', async () => {
  const hurt = await world.linked('hurt')
  await world.sandbox.stopRunner('runner-1')
  const { names, mend } = await damageCheckpoints(hurt)
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
  await mend()
  const mended = await runMove(world, 'rebuild', '--all', '--old-owner-is-stopped')
  expect(mended, mended.said).toMatchObject({ code: 0, result: { rebuilt: [{ session: hurt.sessionId }], failed: [] } })
  await world.sandbox.startRunner('runner-1')
  for (const { name } of [chat, hurt]) await world.api.want(name, 'start')
  await hurt.works()
  await talks('beside a damaged one')
})
