import { writeCheckpoint } from '@holdfast/core/journal/checkpoint'
import { isDamage } from '@holdfast/core/platform/errors'
import type { ListenerEvent, Query } from '@holdfast/core/platform/ports'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { newSessionKeys } from '@holdfast/core/security/envelope'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { liveBodyPlace, liveEventPath } from '@holdfast/core/session/live-event-document'
import { describe, expect, test } from 'vitest'
import { LiveStreams } from '../../../functions/src/use-cases/live-streams.ts'
import { rewrapKeys } from '../../../functions/src/use-cases/keys/rewrap-keys.ts'
import { change, ID, idsIn, KeyWorld } from './data-keys-under-test.ts'

/** A session gets a further data key while it is at work. */

const EVERYTHING = { documents: Number.POSITIVE_INFINITY, ms: 60_000 }

/** What a function seals and opens now. */
const cipherNow = async ({ documents, wrappingKey }: KeyWorld) => {
  const cipher = await loadSessionCipher(documents, ID, wrappingKey)
  if (!cipher) throw new Error('The session has no keys.')
  return cipher
}

describe('a further data key', () => {
  test('seals from a checkpoint on, and what the earlier one has sealed stays readable', async () => {
    const world = await KeyWorld.create()
    const owner = await world.own()
    await change(owner, 'a')
    const before = (await cipherNow(world)).sealContent(Buffer.from('before'), 'place')
    expect(await world.addKey()).toBe('added')
    await change(owner, 'b')
    // It waits: a process that has read the keys before must not meet it.
    await owner.backup()
    expect(await world.newestHeader()).toMatchObject({ keyVersion: 1, keys: { current: 1, keys: { 1: {}, 2: {} } } })
    expect((await world.keys()).current).toBe(1)
    world.wait()
    await change(owner, 'c')
    expect(new Set(await world.versionsInLog())).toEqual(new Set([1]))
    await owner.backup()
    expect(await world.newestHeader()).toMatchObject({ keyVersion: 2, keys: { current: 2, keys: { 1: {}, 2: {} } } })
    expect((await world.keys()).current).toBe(2)
    await change(owner, 'd', 'e')
    expect((await world.versionsInLog()).slice(-3)).toEqual([1, 2, 2])

    const after = (await cipherNow(world)).sealContent(Buffer.from('after'), 'place')
    const opened = [before, after].map(async (sealed) => (await cipherNow(world)).openContent(sealed, 'place').toString())
    expect(await Promise.all(opened)).toEqual(['before', 'after'])
    const next = await world.own()
    expect(idsIn(next)).toEqual(['a', 'b', 'c', 'd', 'e'])
    await change(next, 'f')
    expect((await world.versionsInLog()).at(-1)).toBe(2)
    next.state.journal.close()
  })

  test('is made once while it waits, is never replaced, and is followed by the next one', async () => {
    const world = await KeyWorld.create()
    await world.addKey()
    const made = await world.keys()
    expect(await world.addKey()).toBe('waiting')
    expect(await world.keys()).toEqual(made)
    const owner = await world.own()
    world.wait()
    for (const version of [2, 3]) {
      await change(owner, `before ${version}`)
      await owner.backup()
      expect((await world.keys()).current).toBe(version)
      expect(await world.addKey()).toBe('added')
      world.wait()
    }
    const { keys } = await world.keys()
    expect(Object.keys(keys)).toEqual(['1', '2', '3', '4'])
    expect(keys['2']).toEqual(made.keys['2'])
    expect(idsIn(await world.own())).toEqual(['before 2', 'before 3'])
  })

  test('waits for the next checkpoint when an earlier attempt at this one has stored its object without it', async () => {
    const world = await KeyWorld.create()
    const owner = await world.own()
    await change(owner, 'a')
    const cut = { ...(await owner.state.journal.cut()), image: owner.state.image.toMutation() }
    await writeCheckpoint(world.objects, await cipherNow(world), cut)
    await world.addKey()
    world.wait()
    await owner.backup()
    expect([await world.newestHeader(), (await world.keys()).current]).toMatchObject([{ keyVersion: 1 }, 1])
    await change(owner, 'b')
    expect((await world.versionsInLog()).at(-1)).toBe(1)
    await owner.backup()
    expect([await world.newestHeader(), (await world.keys()).current]).toMatchObject([{ keyVersion: 2 }, 2])
  })

  test('is added by night when the newest one is old, and by no other night', async () => {
    const world = await KeyWorld.create()
    const versionsAfter = async (maxAgeDays: number | null) => {
      await world.night(maxAgeDays)
      return Object.keys((await world.keys()).keys).length
    }
    expect(await versionsAfter(30)).toBe(1)
    world.pass(31)
    expect([await versionsAfter(null), await versionsAfter(30), await versionsAfter(30)]).toEqual([1, 2, 2])
    // It has been used since.
    world.wait()
    await (await world.own()).backup()
    world.pass(31)
    expect([await versionsAfter(40), await versionsAfter(30)]).toEqual([2, 3])
  })

  test('is known to a live stream that was open before', async () => {
    const world = await KeyWorld.create()
    const { documents } = world
    let tell: (events: readonly ListenerEvent[]) => void = () => {}
    Object.assign(documents, { listen: (_: Query, onEvents: typeof tell) => ((tell = onEvents), () => {}) })
    const heard: string[] = []
    const leave = await new LiveStreams(world.stores).listen('default', ({ body }) => void heard.push(body))
    const write = async (event: string): Promise<void> => {
      const path = liveEventPath(event)
      const body = (await cipherNow(world)).sealContent(Buffer.from(event), liveBodyPlace(path))
      const at = { writtenAt: new Date(), expireAt: new Date() }
      const fields = { v: 1, tenant: 'default', sessionId: ID, event, order: event, body, isSealed: true, ...at }
      await documents.commit([{ kind: 'create', path, fields }])
      const document = await documents.read(path)
      if (document) tell([{ kind: 'added', document }])
    }
    await write('before')
    await expect.poll(() => heard).toEqual(['before'])
    await world.addKey()
    world.wait()
    await (await world.own()).backup()
    await write('since')
    await expect.poll(() => heard).toEqual(['before', 'since'])
    leave()
  })

  test('is not used by an owner that has lost the session', async () => {
    const world = await KeyWorld.create()
    const former = await world.own()
    await world.addKey()
    world.wait()
    const owner = await world.own()
    await expect(former.backup()).rejects.toMatchObject({ code: 'backup-failed' })
    expect((await world.keys()).current).toBe(1)
    await change(owner, 'a')
    expect((await world.versionsInLog()).at(-1)).toBe(1)
    await owner.backup()
    expect((await world.keys()).current).toBe(2)
  })

  test.each([1, 2, 3, 4, 5])(
    'is no damage to a runner that claims the session at the same time, with its read number %i after the switch',
    async (at) => {
      const world = await KeyWorld.create()
      const owner = await world.own()
      await change(owner, 'a')
      const { cutter } = world.documents
      cutter.overtaking = {
        at: cutter.operations + at,
        work: async () => {
          await world.addKey()
          world.wait()
          await change(owner, 'b')
          await owner.backup()
          await change(owner, 'c')
        },
      }
      // The owner may be faster than the claim.
      const next = await world.own().catch((error: unknown) => error)
      expect(isDamage(next)).toBe(false)
      expect(idsIn(await world.own())).toEqual(['a', 'b', 'c'])
      expect((await world.keys()).current).toBe(2)
    },
  )

  test('whoever dies at any operation of the switch leaves the older one or the newer one, and nothing unreadable', async () => {
    const count = await atTheSwitch()
    count.world.documents.cutter.operations = 0
    await count.owner.backup()
    const { operations } = count.world.documents.cutter
    expect(operations).toBeGreaterThan(2)
    const left = new Set<number>()
    for (let at = 1; at <= operations; at++) {
      for (const isAfter of [false, true]) {
        const { world, owner } = await atTheSwitch()
        const { cutter } = world.documents
        cutter.operations = 0
        cutter.cut = { at, isAfter }
        const died = new Promise<void>((resolve) => (cutter.onDeath = resolve))
        await Promise.race([died, owner.backup().catch(() => {})])
        owner.state.journal.close()
        cutter.cut = null
        const { current } = await world.keys()
        left.add(current)
        const sealed = (await cipherNow(world)).sealContent(Buffer.from('text'), 'place')
        const next = await world.own()
        expect({ at, isAfter, ids: idsIn(next) }).toEqual({ at, isAfter, ids: ['a', 'b'] })
        await change(next, 'c')
        expect({ at, isAfter, version: (await world.versionsInLog()).at(-1) }).toEqual({ at, isAfter, version: current })
        await next.backup()
        expect((await world.keys()).current).toBe(2)
        expect((await cipherNow(world)).openContent(sealed, 'place').toString()).toBe('text')
        expect(idsIn(await world.own())).toEqual(['a', 'b', 'c'])
      }
    }
    expect(left).toEqual(new Set([1, 2]))
  })
})

/** An owner whose next checkpoint begins with a further key. */
async function atTheSwitch() {
  const world = await KeyWorld.create()
  const owner = await world.own()
  await change(owner, 'a')
  await world.addKey()
  world.wait()
  await change(owner, 'b')
  return { world, owner }
}

describe('the checkpoints of an owner that is at work', () => {
  test('carry its data keys as they are wrapped now', async () => {
    const world = await KeyWorld.create()
    await world.addKey()
    world.changeWrappingKey()
    const owner = await world.own()
    await change(owner, 'a')
    expect(await rewrapKeys(world.stores, null, EVERYTHING)).toMatchObject({ rewrapped: 1 })
    await owner.backup()
    const { keys } = (await world.newestHeader()).keys
    expect(Object.values(keys).map(({ wrappedBy }) => wrappedBy)).toEqual([world.wrappingKey.id, world.wrappingKey.id])
  })

  test.each([
    ['gone', async (world: KeyWorld) => world.documents.commit([{ kind: 'delete', path: sessionKeyPath(ID) }])],
    ['damaged', async (world: KeyWorld) => put(world, { v: 1, current: 1, keys: 'none' })],
    [
      'that of another session',
      async (world: KeyWorld) => put(world, { ...(await newSessionKeys('default.other', world.wrappingKey)) }),
    ],
    ['another key', async (world: KeyWorld) => put(world, { ...(await newSessionKeys(ID, world.wrappingKey)) })],
  ])('are made with the keys that are known when the document is %s', async (_, damage) => {
    const world = await KeyWorld.create()
    const owner = await world.own()
    const good = await world.documents.read(sessionKeyPath(ID))
    await change(owner, 'a')
    await damage(world)
    await owner.backup()
    expect(await world.newestHeader()).toMatchObject({ keyVersion: 1, keys: { current: 1 } })
    await put(world, good?.fields ?? {})
    expect(idsIn(await world.own())).toEqual(['a'])
  })
})

const put = (world: KeyWorld, fields: Record<string, unknown>): Promise<void> =>
  world.documents.commit([{ kind: 'merge', path: sessionKeyPath(ID), fields }])
