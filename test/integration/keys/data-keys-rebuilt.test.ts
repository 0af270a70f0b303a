import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { sessionPath } from '@holdfast/core/session/session-document'
import { describe, expect, test } from 'vitest'
import { type Rebuilt, rebuildSession } from '../../../runner/src/moving/rebuild.ts'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { change, ID, KeyWorld, link } from './data-keys-under-test.ts'

/** A session comes back from its bucket after it began with a further data key. */

/** A session that went on with a further key, and what a function has sealed with it. */
async function switched() {
  const world = await KeyWorld.create()
  const owner = await world.own()
  await link(owner)
  await change(owner, 'a')
  await owner.backup()
  const older = await Promise.all([sessionPath(ID), sessionKeyPath(ID)].map((path) => world.documents.read(path)))
  await world.addKey()
  world.wait()
  await change(owner, 'b')
  await owner.backup()
  owner.state.journal.close()
  const cipher = await loadSessionCipher(world.documents, ID, world.wrappingKey)
  const sealed = cipher?.sealContent(Buffer.from('a message'), 'place') ?? Buffer.alloc(0)
  expect(sealed.readUInt16BE()).toBe(2)
  return { world, older, sealed }
}

type Switched = Awaited<ReturnType<typeof switched>>

async function loseFirestore({ documents }: KeyWorld): Promise<void> {
  const records = await documents.query({ collection: `${sessionPath(ID)}/journal` })
  const paths = [sessionPath(ID), sessionKeyPath(ID), ...records.map(({ path }) => path)]
  await documents.commit(paths.map((path) => ({ kind: 'delete', path })))
}

async function bringBack({ documents }: KeyWorld, older: Switched['older']): Promise<void> {
  await documents.commit(
    older.flatMap((document) => (document ? [{ kind: 'create', path: document.path, fields: document.fields } as const] : [])),
  )
}

async function expectWhole({ world, sealed }: Switched, rebuilt: unknown): Promise<void> {
  expect(rebuilt).toMatchObject({ session: ID } satisfies Partial<Rebuilt>)
  expect(await world.keys()).toMatchObject({ current: 2, keys: { 1: {}, 2: {} } })
  const cipher = await loadSessionCipher(world.documents, ID, world.wrappingKey)
  expect(cipher?.openContent(sealed, 'place').toString()).toBe('a message')
  const owner = await world.own()
  expect(owner.state.image.creds).not.toBeNull()
  await change(owner, 'after')
  expect((await world.versionsInLog()).at(-1)).toBe(2)
}

/** The objects of the session, with the newest checkpoint altered. */
async function withNewestDamaged(world: KeyWorld) {
  const names = await world.objects.list(`sessions/${ID}/`)
  const newest = names.at(-1) ?? ''
  const bytes = Buffer.from((await world.objects.read(newest))?.bytes ?? [])
  bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
  const objects = new MemoryObjects()
  for (const name of names)
    await objects.create(name, name === newest ? bytes : ((await world.objects.read(name))?.bytes ?? bytes))
  return { objects, names, newest }
}

describe('a session that began with a further data key', () => {
  test('is rebuilt from the bucket alone, with all of its keys', async () => {
    const found = await switched()
    await loseFirestore(found.world)
    await expectWhole(found, await rebuildSession(found.world.stores, ID, { isFirestoreOlder: false }))
  })

  test('is rebuilt when Firestore is from before that, and is not taken for another session of its name', async () => {
    const found = await switched()
    await loseFirestore(found.world)
    await bringBack(found.world, found.older)
    expect(Object.keys((await found.world.keys()).keys)).toEqual(['1'])
    await expectWhole(found, await rebuildSession(found.world.stores, ID, { isFirestoreOlder: true }))
  })

  test('is rebuilt with all of its keys although only a damaged checkpoint carries the newest one', async () => {
    const found = await switched()
    const { world } = found
    await loseFirestore(world)
    const { objects, names, newest } = await withNewestDamaged(world)
    const rebuilt = await rebuildSession({ ...world.stores, objects }, ID, { isFirestoreOlder: false })
    expect(rebuilt).toMatchObject({ from: names.at(-2), skipped: [{ object: newest, why: expect.any(String) }] })
    const cipher = await loadSessionCipher(world.documents, ID, world.wrappingKey)
    expect(cipher?.openContent(found.sealed, 'place').toString()).toBe('a message')
    expect(Object.keys((await world.keys()).keys)).toEqual(['1', '2'])
  })

  test('is rebuilt without a word of a damaged checkpoint when the journal has what was in it', async () => {
    const { world } = await switched()
    const { objects } = await withNewestDamaged(world)
    const rebuilt = await rebuildSession({ ...world.stores, objects }, ID, { isFirestoreOlder: true })
    expect(rebuilt).toMatchObject({ from: 'journal', skipped: [] })
  })
})
