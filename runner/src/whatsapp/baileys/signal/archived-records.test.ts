import type { BinaryNode } from '@whiskeysockets/baileys'
import { beforeEach, describe, expect, test } from 'vitest'
import { readArchive } from '@holdfast/core/journal/archive'
import { countRecords } from '@holdfast/core/journal/count-records'
import { planCleanUp } from '@holdfast/core/journal/clean-up-plan'
import { dayOf } from '@holdfast/core/journal/record-books'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { ListedObject, ObjectStore, StoredObject } from '@holdfast/core/platform/ports'
import { countedTotal } from '@holdfast/core/session/record-counts'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { allTakenBack } from '../moving/archived-entries.ts'
import { RecordArchive } from '../../../session/archive/record-archive.ts'
import { moveToArchive } from '../../../session/archive/move-to-archive.ts'
import { Contact, textFor } from '../testing/contact.ts'
import { DeviceUnderTest } from '../testing/device-under-test.ts'
import { rekeyedState } from './rekey.ts'

const DAY_MS = 86_400_000
const GROUP = '120363000000000001@g.us'

/** Objects in memory, which a test may take away, damage or remove. */
class Objects implements ObjectStore {
  readonly stored = new Map<string, Buffer>()
  isAway = false
  reads = 0
  onRefused: () => void = () => {}
  /** Returns the bytes to store instead of the given ones; null for none. */
  onCreate: (bytes: Buffer) => Promise<Buffer | null> = async (bytes) => bytes

  placeOf(name: string): string {
    return name
  }

  async create(name: string, bytes: Buffer): Promise<{ generation: string }> {
    this.#check()
    if (this.stored.has(name)) throw new HoldfastError('already-exists', name)
    const stored = await this.onCreate(bytes)
    if (stored) this.stored.set(name, stored)
    return { generation: '1' }
  }

  async describe(prefix: string): Promise<ListedObject[]> {
    this.#check()
    const found = [...this.stored].filter(([name]) => name.startsWith(prefix))
    return found.map(([name, bytes]) => ({ name, bytes: bytes.length, createdAt: new Date(0) }))
  }

  async read(name: string): Promise<StoredObject | null> {
    this.reads++
    this.#check()
    const bytes = this.stored.get(name)
    return bytes ? { bytes, generation: '1' } : null
  }

  async list(): Promise<string[]> {
    return [...this.stored.keys()]
  }

  #check(): void {
    if (!this.isAway) return
    this.onRefused()
    throw new Error('The store is away.')
  }
}

let objects: Objects
let device: DeviceUnderTest
let contact: Contact

beforeEach(async () => {
  objects = new Objects()
  device = new DeviceUnderTest({ objects })
  contact = new Contact()
  await contact.openSession(device)
  await device.signal.lidMapping.storeLIDPNMappings([{ lid: contact.lid, pn: contact.pn }])
  await device.receive(await contact.text('hello'))
  await contact.read(await device.signal.encryptMessage({ jid: contact.lid, data: textFor('hello back') }))
  await device.receive(await contact.text('we have a session'))
})

const POLICY = { sessionDays: 14, senderKeyDays: 3, maxPreKeys: 50 }

const plan = (of = device, isOwn = () => false) => planCleanUp(of.image, POLICY, dayOf(of.time.ms), isOwn)

async function cleanUp(of = device): Promise<string[]> {
  const { state, cipher } = of
  const moved = await moveToArchive({ state, objects, cipher }, plan(of, () => true).records)
  return moved.map(({ kind, id }) => `${kind} ${id}`)
}

/** Lets the contact be silent for 20 days, and cleans up. */
async function silent(): Promise<void> {
  device.time.ms += 20 * DAY_MS
  expect(await cleanUp()).toContain(`session ${addressOf(contact)}`)
  expect(device.image.count('session')).toBe(0)
  device.appended.length = 0
}

const addressOf = ({ lid }: Contact): string => `${lid.split('@')[0]}_1.0`

const textOf = async (stanza: Awaited<ReturnType<Contact['text']>>, of = device) =>
  (await of.receive(stanza)).message?.conversation

describe('a contact that was silent for 20 days', () => {
  beforeEach(silent)

  test('writes, and is read at the first try, in the record that takes its session back', async () => {
    expect(await textOf(await contact.text('here I am'))).toBe('here I am')
    expect(device.appended).toHaveLength(1)
    const keys = device.mutations[0]?.keys
    expect(Object.keys(keys ?? {})).toEqual(expect.arrayContaining(['session', 'inbox', 'archived']))
    expect(keys?.archived).toEqual({ [`session ${addressOf(contact)}`]: null })
  })

  test('is written to in the same session, and reads it', async () => {
    expect(await device.signal.validateSession(contact.lid)).toEqual({ exists: true })
    const sent = await device.signal.encryptMessage({ jid: contact.lid, data: textFor('are you there?') })
    expect(sent.type).toBe('msg')
    expect(await contact.read(sent)).toBe('are you there?')
    expect(device.image.count('archived')).toBe(0)
  })

  test('is not taken back by a look, and not by a message that cannot be decrypted', async () => {
    await device.signal.validateSession(contact.lid)
    const stanza = await contact.text('broken')
    const [enc] = stanza.content as BinaryNode[]
    if (enc?.content instanceof Uint8Array) enc.content.subarray(-8).fill(0)
    await device.receive(stanza)
    expect([device.image.count('session'), device.image.get('archived', `session ${addressOf(contact)}`)]).toEqual([
      0,
      expect.anything(),
    ])
    expect(await textOf(await contact.text('whole'))).toBe('whole')
  })

  test('that has a new installation begins anew, and the old session does not come back', async () => {
    contact.reinstall()
    await contact.openSession(device)
    expect(await textOf(await contact.text('new phone'))).toBe('new phone')
    expect(device.image.count('archived')).toBe(0)
    expect(await textOf(await contact.text('and on'))).toBe('and on')
  })

  test('waits while the store is away, and is read when it is back', async () => {
    objects.isAway = true
    const { promise: refused, resolve } = Promise.withResolvers<void>()
    objects.onRefused = resolve
    const reading = textOf(await contact.text('patience'))
    await refused
    expect(device.appended).toEqual([])
    objects.isAway = false
    expect(await reading).toBe('patience')
  })

  test('is neither read nor refused when the connection ends before the store is back', async () => {
    objects.isAway = true
    const { promise: refused, resolve } = Promise.withResolvers<void>()
    objects.onRefused = resolve
    const stanza = await contact.text('later')
    const reading = device.receive(stanza)
    await refused
    device.keyStore.close()
    await reading
    expect(device.appended).toEqual([])
    objects.isAway = false
    const next = new DeviceUnderTest({ earlier: device, objects })
    expect(await textOf(stanza, next)).toBe('later')
  })

  test('is asked to write again when its archive is lost, and the entry goes', async () => {
    objects.stored.clear()
    await device.signal.validateSession(contact.lid)
    expect(await device.signal.validateSession(contact.lid)).toMatchObject({ exists: false })
    await contact.openSession(device)
    expect(await textOf(await contact.text('again'))).toBe('again')
    expect(device.image.count('archived')).toBe(0)
  })

  test('is asked to write again when the version in the header of its archive was altered, and nobody waits for that version', async () => {
    const [name = '', bytes = Buffer.alloc(0)] = [...objects.stored][0] ?? []
    objects.stored.set(name, Buffer.from(bytes.toString('latin1').replace('"v":1', '"v":7'), 'latin1'))
    expect(await device.signal.validateSession(contact.lid)).toMatchObject({ exists: false })
    await contact.openSession(device)
    expect(await textOf(await contact.text('again'))).toBe('again')
    expect(device.image.count('archived')).toBe(0)
  })

  test('waits for the version that certainly wrote its archive, says so, and is read when that archive can be', async () => {
    const name = [...objects.stored.keys()][0] ?? ''
    const whole = objects.stored.get(name) ?? Buffer.alloc(0)
    const { cipher } = device
    const place = JSON.parse(whole.subarray(0, whole.indexOf(0x0a)).toString()) as { seq: number; epoch: number }
    const { head, sealed } = ofLaterVersion(cipher, place)
    objects.stored.set(name, Buffer.concat([Buffer.from(`${head.replace('7', '8')}\n`), sealed]))
    await expect(readArchive(objects, cipher, place)).rejects.toMatchObject({ code: 'archive-damaged' })
    objects.stored.set(name, Buffer.concat([Buffer.from(`${head}\n`), sealed]))
    await expect(readArchive(objects, cipher, place)).rejects.toMatchObject({ code: 'unknown-version' })
    device.appended.length = 0
    expect(device.archive.waitsSince).toBeNull()
    const reading = textOf(await contact.text('for the next version'))
    await expect.poll(() => device.archive.waitsSince).toEqual(new Date(device.time.ms))
    expect(device.appended).toEqual([])
    objects.stored.set(name, whole)
    expect(await reading).toBe('for the next version')
    expect(device.archive.waitsSince).toBeNull()
  })

  test('is read, but written to in a new session, after a restore that lost records', async () => {
    const restored = new DeviceUnderTest({ earlier: device, objects })
    const mutation = rekeyedState(device.image, { lostRecords: 3, givenUp: null, restores: 0 }, device.time.ms)
    restored.image.apply({ keys: { archived: mutation.keys?.archived ?? {} } })
    expect(await textOf(await contact.text('still here'), restored)).toBe('still here')
    await expect(restored.signal.encryptMessage({ jid: contact.lid, data: textFor('no') })).rejects.toThrow('No open session')
  })
})

/** The header and the sealed records of an archive that a later version wrote with the keys of the session. */
function ofLaterVersion(cipher: SessionCipher, { seq, epoch }: { readonly seq: number; readonly epoch: number }) {
  const head = JSON.stringify({ v: 7, sessionId: cipher.sessionId, seq, epoch, keyVersion: cipher.currentVersion })
  return { head, sealed: cipher.seal('archive', Buffer.from('of that version'), head) }
}

describe('a record that was taken back', () => {
  test('is never taken back a second time over a newer one', async () => {
    await silent()
    const archived = structuredClone([...objects.stored])
    await textOf(await contact.text('first'))
    const newer = device.image.get('session', addressOf(contact))
    // The entry is back by some accident, and the object still has the old record.
    device.image.apply({ keys: { archived: { [`session ${addressOf(contact)}`]: '{"seq":1,"epoch":1}' } } })
    expect(archived).toHaveLength(1)
    const reads = objects.reads
    expect(await textOf(await contact.text('second'))).toBe('second')
    expect(objects.reads).toBe(reads)
    expect(device.image.get('session', addressOf(contact))).not.toBe(newer)
    expect(device.image.count('archived')).toBe(0)
  })

  test('goes to another object the next time', async () => {
    await silent()
    await textOf(await contact.text('first'))
    await silent()
    expect(await textOf(await contact.text('second'))).toBe('second')
    expect(objects.stored.size).toBe(2)
  })
})

test('a session that moves out takes its archived records along', async () => {
  await silent()
  const { cipher, image, state } = device
  const archived = new RecordArchive({ image, objects, cipher, clock: systemClock, logger: createLogger('test', 'silent') })
  state.change({ keys: await allTakenBack(image, archived, new AbortController().signal) })
  expect([image.count('archived'), image.count('session')]).toEqual([0, 1])
  objects.stored.clear()
  expect(await textOf(await contact.text('elsewhere'))).toBe('elsewhere')
})

test('a record that is used while its copy is written stays', async () => {
  device.time.ms += 20 * DAY_MS
  objects.onCreate = async (bytes) => {
    await textOf(await contact.text('right now'))
    return bytes
  }
  expect(await cleanUp()).not.toContain(`session ${addressOf(contact)}`)
  expect(await textOf(await contact.text('and on'))).toBe('and on')
})

test('a clean-up of a state that another one replaces meanwhile removes nothing, and does not say that it did', async () => {
  device.time.ms += 20 * DAY_MS
  objects.onCreate = async (bytes) => {
    device.state.retire()
    return bytes
  }
  await expect(cleanUp()).rejects.toThrow('replaced')
  expect(device.image.count('session')).toBe(1)
})

test('nothing is removed when the copy comes back altered, or not at all', async () => {
  device.time.ms += 20 * DAY_MS
  objects.onCreate = async (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of((bytes.at(-1) ?? 0) ^ 1)])
  await expect(cleanUp()).rejects.toMatchObject({ code: 'archive-damaged' })
  objects.onCreate = async () => null
  await expect(cleanUp()).rejects.toMatchObject({ code: 'archive-damaged' })
  expect(device.image.count('session')).toBe(1)
})

test('a crash between any two records leaves a contact that can be read', async () => {
  const before = device.image.toMutation()
  device.appended.length = 0
  await silent1()
  await textOf(await contact.text('one'))
  const next = await contact.text('two')
  const mutations = device.mutations
  expect(mutations.length).toBeGreaterThanOrEqual(2)
  for (let reached = 0; reached <= mutations.length; reached++) {
    const crashed = new DeviceUnderTest({ earlier: device, objects })
    for (const [kind, entries] of Object.entries(crashed.image.toMutation().keys ?? {}))
      crashed.image.apply({ keys: { [kind]: Object.fromEntries(Object.keys(entries).map((id) => [id, null])) } })
    crashed.image.apply(before)
    for (const mutation of mutations.slice(0, reached)) crashed.image.apply(mutation)
    expect(await textOf(next, crashed), `${reached} records`).toBe('two')
  }
})

async function silent1(): Promise<void> {
  device.time.ms += 20 * DAY_MS
  await cleanUp()
}

describe('a group', () => {
  test('whose sender was silent for 4 days is read', async () => {
    expect(await textOf(await contact.toGroup(GROUP, 'hello all', { withKey: true }))).toBe('hello all')
    device.time.ms += 4 * DAY_MS
    const sender = `sender-key ${GROUP}::${addressOf(contact).replace('.', '::')}`
    expect(await cleanUp()).toEqual([sender])
    expect(await textOf(await contact.toGroup(GROUP, 'still here', { withKey: false }))).toBe('still here')
  })

  test('is sent to with the key that its members have', async () => {
    const group = { group: GROUP, meId: device.creds.me?.lid ?? '' }
    const key = () => device.signal.getSenderKeyDistributionMessage(group)
    await key()
    const stored = [...device.image.entries('sender-key')]
    device.time.ms += 4 * DAY_MS
    expect(await cleanUp()).toHaveLength(1)
    expect(await device.signal.hasSenderKey(group)).toBe(true)
    await key()
    expect([...device.image.entries('sender-key')].map(([name]) => name)).toEqual(stored.map(([name]) => name))
    expect(keyIds(device)).toEqual(keyIdsOf(stored))
  })

  test('whose sender sends its old key again goes on with the archived one', async () => {
    await textOf(await contact.toGroup(GROUP, 'one', { withKey: true }))
    device.time.ms += 4 * DAY_MS
    await cleanUp()
    expect(await textOf(await contact.toGroup(GROUP, 'two', { withKey: true }))).toBe('two')
    expect(await textOf(await contact.toGroup(GROUP, 'three', { withKey: false }))).toBe('three')
    expect(keyIds(device)).toHaveLength(1)
  })
})

const keyIdsOf = (entries: readonly [string, string][]): unknown[] =>
  entries.flatMap(([, encoded]) => {
    const { data } = JSON.parse(encoded) as { data: string }
    return (JSON.parse(Buffer.from(data, 'base64').toString()) as { senderKeyId: number }[]).map(({ senderKeyId }) => senderKeyId)
  })

const keyIds = ({ image }: DeviceUnderTest): unknown[] => keyIdsOf([...image.entries('sender-key')])

test('a pre-key that a contact took long ago opens its first message', async () => {
  const late = new Contact('5511900000009', '200000000000009')
  await late.openSession(device)
  const other = new Contact('5511900000008', '200000000000008')
  for (let n = 0; n < 60; n++) await device.bundle()
  device.image.apply({ keys: { 'offered-pre-keys': { last: '{"count":5,"newest":62}' } } })
  await cleanUp()
  const before = device.image.count('pre-key')
  expect(before).toBe(50)
  await device.signal.lidMapping.storeLIDPNMappings([{ lid: late.lid, pn: late.pn }])
  expect(await textOf(await late.text('finally'))).toBe('finally')
  expect(device.image.count('pre-key')).toBe(50)
  expect([...device.image.entries('archived')].some(([id]) => id === 'pre-key 2')).toBe(false)
  expect(other.lid).not.toBe(late.lid)
})

test('a session of 7,400 records comes down to those in use, and every contact can still be read', async () => {
  const contacts: Contact[] = []
  for (let n = 0; n < 20; n++) {
    const one = new Contact(`55119100${String(n).padStart(5, '0')}`, `2100000000${String(n).padStart(5, '0')}`)
    await one.openSession(device)
    await device.signal.lidMapping.storeLIDPNMappings([{ lid: one.lid, pn: one.pn }])
    expect(await textOf(await one.text('hello', { id: `A${n}` }))).toBe('hello')
    contacts.push(one)
  }
  const [real] = [...device.image.entries('session')]
  const copies = Object.fromEntries(Array.from({ length: 7000 }, (_, n) => [`9${n}_1.0`, real?.[1] ?? '']))
  device.image.apply({ keys: { session: copies, 'last-use': usedLong(copies) } })
  device.time.ms += 20 * DAY_MS
  await textOf(await contact.text('in use', { id: 'B1' }))
  const moved = await cleanUp()
  expect([moved.length, device.image.count('session')]).toEqual([7020, 1])
  expect(countedTotal(countRecords(device.image))).toBe(1)
  for (const [n, one] of contacts.entries()) expect(await textOf(await one.text(`${n}`, { id: `C${n}` }))).toBe(`${n}`)
})

const usedLong = (records: object): Record<string, string> =>
  Object.fromEntries(Object.keys(records).map((id) => [`session ${id}`, '1']))
