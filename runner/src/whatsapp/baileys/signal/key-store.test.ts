import { beforeEach, describe, expect, test } from 'vitest'
import type { KeyPair, SignalDataSet } from '@whiskeysockets/baileys'
import { Gate } from '../../../session/journal/gate.ts'
import type { RawSocket } from '../../frame-gate.ts'
import type { Entry } from '../../../session/journal/group.ts'
import type { Journal } from '../../../session/journal/journal.ts'
import { JournaledState } from '../../../session/journal/journaled-state.ts'
import { StateImage } from '@holdfast/core/journal/state-image'
import { KeyStore } from './key-store.ts'

let image: StateImage
let appended: Entry[]
let journal: Journal
let state: JournaledState
let becomesDurable: () => void
/** The credentials in Baileys' memory. */
let creds: string
let keyStore: KeyStore

beforeEach(() => {
  image = new StateImage()
  appended = []
  creds = 'creds 1'
  image.creds = creds
  keyStore = newKeyStore()
})

function newKeyStore(): KeyStore {
  const log = {
    append: (entry: Entry) => appended.push(entry),
    get position() {
      return appended.length
    },
    durable: 0,
    onDurable: (listener: () => void) => {
      becomesDurable = listener
      return () => {}
    },
  }
  journal = log as unknown as Journal
  state = new JournaledState(image, journal)
  return new KeyStore({
    state,
    archived: { has: () => false, read: async () => null },
    changedCreds: () => (creds === image.creds ? undefined : creds),
  })
}

const mutations = () => appended.map(({ mutation }) => mutation)

const lid = (id: string, value: string): SignalDataSet => ({ 'lid-mapping': { [id]: value } })

const readLid = async (id: string) => (await keyStore.store.get('lid-mapping', [id]))[id]

const keyPair = (): KeyPair => ({ public: Buffer.alloc(32, 1), private: Buffer.alloc(32, 2) })

describe('a transaction', () => {
  test('is one mutation of the journal, however often it writes', async () => {
    await keyStore.transaction(async () => {
      await keyStore.store.set(lid('a', '1'))
      await keyStore.store.set(lid('b', '2'))
      await keyStore.store.set(lid('a', '3'))
    }, 'lock')
    expect(mutations()).toEqual([{ keys: { 'lid-mapping': { a: '"3"', b: '"2"' } } }])
  })

  test('reads its own writes, which stay hidden from other readers until it ends', async () => {
    await keyStore.store.set(lid('a', 'old'))
    const { promise: written, resolve: tellWritten } = Promise.withResolvers<void>()
    const { promise: looked, resolve: tellLooked } = Promise.withResolvers<void>()
    const running = keyStore.transaction(async () => {
      await keyStore.store.set(lid('a', 'new'))
      expect(await readLid('a')).toBe('new')
      await keyStore.store.set({ 'lid-mapping': { a: null } })
      expect(await readLid('a')).toBeUndefined()
      tellWritten()
      await looked
    }, 'lock')
    await written
    expect(await readLid('a')).toBe('old')
    tellLooked()
    await running
    expect(await readLid('a')).toBeUndefined()
  })

  test('inside another is part of it', async () => {
    await keyStore.transaction(async () => {
      await keyStore.store.set(lid('a', '1'))
      // With the same lock, as Baileys does: it must not wait for itself.
      await keyStore.transaction(async () => keyStore.store.set(lid('b', '2')), 'lock')
    }, 'lock')
    expect(mutations()).toHaveLength(1)
  })

  test('that fails writes nothing and frees its lock', async () => {
    const failing = keyStore.transaction(async () => {
      await keyStore.store.set(lid('a', '1'))
      throw new Error('no such contact')
    }, 'lock')
    await expect(failing).rejects.toThrow('no such contact')
    await keyStore.transaction(async () => keyStore.store.set(lid('b', '2')), 'lock')
    expect(mutations()).toEqual([{ keys: { 'lid-mapping': { b: '"2"' } } }])
  })

  test('waits for a transaction with the same lock and not for one with another lock', async () => {
    const order: string[] = []
    const { promise: open, resolve: finish } = Promise.withResolvers<void>()
    const step = (name: string, lock: string, until: Promise<void> = Promise.resolve()) =>
      keyStore.transaction(async () => {
        order.push(`${name} begins`)
        await until
        order.push(`${name} ends`)
      }, lock)
    const [first, second] = [step('first', 'x', open), step('second', 'x')]
    await step('other', 'y')
    finish()
    await Promise.all([first, second])
    expect(order).toEqual(['first begins', 'other begins', 'other ends', 'first ends', 'second begins', 'second ends'])
  })

  test('that only reads writes nothing', async () => {
    await keyStore.transaction(async () => readLid('a'), 'lock')
    expect(appended).toEqual([])
  })
})

describe('a row that joins a transaction', () => {
  test('is in the record of the transaction, and its commit function finds it in the image', async () => {
    let applied = false
    const onWritten = () => {}
    await keyStore.transaction(async (transaction) => {
      await keyStore.store.set(lid('a', '1'))
      transaction.join({ inbox: { hash: 'row' } }, (mutation) => {
        state.change(mutation, { onWritten })
        applied = image.get('inbox', 'hash') === 'row'
      })
    }, 'lock')
    expect(mutations()).toEqual([{ keys: { 'lid-mapping': { a: '"1"' }, inbox: { hash: 'row' } } }])
    expect(appended[0]?.onWritten).toBeTypeOf('function')
    expect(applied).toBe(true)
  })

  test('is refused once the transaction is over', async () => {
    const over = await keyStore.transaction(async (transaction) => transaction, 'lock')
    expect(() => over.join({})).toThrow('over')
  })
})

describe('a frame that is sent inside a transaction', () => {
  test('has the writes so far committed before it, once, and the transaction commits the rest at its end', async () => {
    await keyStore.transaction(async () => {
      await keyStore.store.set(lid('a', '1'))
      keyStore.commitPending()
      keyStore.commitPending()
      await keyStore.store.set(lid('b', '2'))
    }, 'lock')
    expect(mutations()).toEqual([{ keys: { 'lid-mapping': { a: '"1"' } } }, { keys: { 'lid-mapping': { b: '"2"' } } }])
  })

  test('waits at the gate until these writes are durable', async () => {
    const left: string[] = []
    const socket: RawSocket = { readyState: 0, send: (data) => void left.push(Buffer.from(data).toString()), terminate: () => {} }
    const gate = new Gate({ journal, commitPending: () => keyStore.commitPending(), now: () => 0 })
    gate.attach(socket)
    Object.assign(socket, { readyState: 1 })
    await keyStore.transaction(async () => {
      await keyStore.store.set({ 'pre-key': { '813': keyPair() } })
      // After an await, as in Baileys, the frame still belongs to the transaction.
      await Promise.resolve()
      socket.send(Buffer.from('pre-key 813'), undefined)
    }, 'lock')
    becomesDurable()
    expect([left, mutations().length]).toEqual([[], 1])
    Object.assign(journal, { durable: 1 })
    becomesDurable()
    expect(left).toEqual(['pre-key 813'])
  })
})

describe('changed credentials', () => {
  test('are committed before a frame that is sent outside of any transaction', () => {
    creds = 'creds 2'
    keyStore.commitPending()
    keyStore.commitPending()
    expect(mutations()).toEqual([{ creds: 'creds 2' }])
  })

  test('are in the mutation of the keys that changed with them', async () => {
    await keyStore.transaction(async () => {
      creds = 'creds 2'
      await keyStore.store.set(lid('a', '1'))
    }, 'lock')
    expect(mutations()).toEqual([{ keys: { 'lid-mapping': { a: '"1"' } }, creds: 'creds 2' }])
    expect(image.creds).toBe('creds 2')
    keyStore.commitCreds()
    expect(appended).toHaveLength(1)
  })
})

describe('the store of a closed connection', () => {
  test('refuses writes inside and outside a transaction, and calls no commit function', async () => {
    let applied = false
    await keyStore.transaction(async (transaction) => {
      await keyStore.store.set(lid('a', '1'))
      transaction.join({ inbox: { hash: 'row' } }, () => (applied = true))
      keyStore.close()
    }, 'lock')
    await keyStore.store.set(lid('b', '2'))
    creds = 'creds 2'
    keyStore.commitCreds()
    keyStore.commitPending()
    expect([appended, applied, image.creds]).toEqual([[], false, 'creds 1'])
    expect([image.count('lid-mapping'), image.count('inbox')]).toEqual([0, 0])
  })

  test('does not change the state of the next connection', async () => {
    const old = keyStore
    old.close()
    keyStore = newKeyStore()
    await keyStore.store.set(lid('a', 'mine'))
    await old.store.set(lid('a', 'late'))
    expect(await readLid('a')).toBe('mine')
  })
})

describe('a value', () => {
  test('is shared by reference neither with its writer nor between readers', async () => {
    const devices = ['1', '2']
    await keyStore.store.set({ 'device-list': { a: devices } })
    devices.push('3')
    const first = (await keyStore.store.get('device-list', ['a']))['a']
    first?.push('4')
    const second = (await keyStore.store.get('device-list', ['a']))['a']
    expect(second).toEqual(['1', '2'])
  })

  test('is not shared by reference within the transaction that wrote it', async () => {
    await keyStore.transaction(async () => {
      await keyStore.store.set({ 'device-list': { a: ['1'] } })
      const read = (await keyStore.store.get('device-list', ['a']))['a']
      read?.push('2')
    }, 'lock')
    expect((await keyStore.store.get('device-list', ['a']))['a']).toEqual(['1'])
  })

  test('is read with the same bytes', async () => {
    await keyStore.store.set({ 'pre-key': { '1': keyPair() } })
    const read = (await keyStore.store.get('pre-key', ['1']))['1']
    expect(Buffer.from(read?.private ?? []).equals(Buffer.alloc(32, 2))).toBe(true)
  })
})

describe('pre-keys', () => {
  test('more than 2000 behind the newest are dropped by the mutation that adds the newest', async () => {
    await keyStore.store.set({ 'pre-key': Object.fromEntries([1, 500, 501, 2000].map((id) => [id, keyPair()])) })
    await keyStore.store.set({ 'pre-key': { '2501': keyPair() } })
    expect([...image.entries('pre-key')].map(([id]) => id)).toEqual(['501', '2000', '2501'])
    expect(Object.keys(mutations()[1]?.keys?.['pre-key'] ?? {}).toSorted()).toEqual(['1', '2501', '500'])
  })

  test('stay when one is used up', async () => {
    await keyStore.store.set({ 'pre-key': { '1': keyPair(), '2': keyPair() } })
    await keyStore.store.set({ 'pre-key': { '2': null } })
    expect([...image.entries('pre-key')].map(([id]) => id)).toEqual(['1'])
  })
})

describe("Baileys' own store object", () => {
  test('gets our reads, writes and transactions', async () => {
    const shared = {
      get: async () => ({}),
      set: async () => {},
      isInTransaction: () => false,
      transaction: <T>(work: () => Promise<T>) => work(),
    }
    keyStore.install(shared)
    await shared.transaction(async () => {
      expect(shared.isInTransaction()).toBe(true)
      await keyStore.store.set(lid('a', '1'))
      expect(appended).toEqual([])
    })
    expect(shared.isInTransaction()).toBe(false)
    expect(mutations()).toHaveLength(1)
  })
})
