import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ALL_WA_PATCH_NAMES, makeEventBuffer, type BinaryNode, type WASocket } from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, describe, expect, test } from 'vitest'
import { AppState, PENDING_APP_STATE } from './app-state.ts'
import { DeviceUnderTest } from '../testing/device-under-test.ts'

let device: DeviceUnderTest
let wire: Wire
let appState: AppState

/** The part of a socket that app state needs. The test finishes each fetch. */
class Wire extends EventEmitter {
  readonly acked: string[] = []
  readonly toBaileys: string[] = []
  readonly fetches: { names: readonly string[]; isFirst: boolean; finish: (error?: Error) => void }[] = []

  readonly ev = makeEventBuffer(createLogger('test', 'silent'))

  /** The server's answer to a question. */
  answer: (question: BinaryNode) => BinaryNode | undefined = () => undefined

  socket(): Pick<WASocket, 'resyncAppState' | 'sendMessageAck' | 'ws' | 'query' | 'generateMessageTag' | 'ev'> {
    this.on('CB:notification', ({ attrs }: BinaryNode) => this.toBaileys.push(attrs['id'] ?? ''))
    return {
      ws: this as unknown as WASocket['ws'],
      ev: this.ev,
      query: async (question: BinaryNode) => this.answer(question),
      generateMessageTag: () => 'tag',
      sendMessageAck: async ({ attrs }: BinaryNode) => void this.acked.push(attrs['id'] ?? ''),
      resyncAppState: (names, isFirst) =>
        new Promise<void>((resolve, reject) => {
          this.fetches.push({ names, isFirst, finish: (error) => (error ? reject(error) : resolve()) })
        }),
    }
  }
}

function connect(earlier?: DeviceUnderTest): void {
  device = new DeviceUnderTest(earlier ? { earlier } : {})
  wire = new Wire()
  appState = new AppState({
    socket: wire.socket(),
    state: device.state,
    keyStore: device.keyStore,
    clock,
    logger: createLogger('test', 'silent'),
    hasKey: () => device.image.count('app-state-sync-key') > 0,
    whenHeard: async () => {
      await hearing
      await nextTurn()
      told.push('stored')
    },
  })
  told.length = 0
}

/** Ends what waits for nothing but the lists of the session. */
let hearing: Promise<void> = Promise.resolve()

/** What timers of the app state do when they are due. */
const late = new Set<() => void>()

const clock: Clock = {
  ...systemClock,
  after: (delayMs, run, name) => {
    // Not the limit of the fetch itself.
    if (delayMs === 60_000) late.add(run)
    return systemClock.after(delayMs, run, name)
  },
}

/** What happened to the news of a fetch, in order. */
const told: string[] = []

/** A fetch ends a few turns after Baileys' part of it. */
async function afterFetch(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn()
}

beforeEach(() => connect())

const keyArrives = () => device.state.change({ keys: { 'app-state-sync-key': { key: '{}' }, ...PENDING_APP_STATE } })

const changed = (id: string, ...names: string[]) =>
  wire.emit('CB:notification', {
    tag: 'notification',
    attrs: { id, type: 'server_sync' },
    content: names.map((name) => ({ tag: 'collection', attrs: { name } })),
  })

/** Stores versions, as a finished fetch does. */
const version = (...names: string[]) =>
  device.state.change({ keys: { 'app-state-sync-version': Object.fromEntries(names.map((name) => [name, '{}'])) } })

const pending = () => [...device.image.entries('app-state-pending')].map(([name]) => name)

describe('a notification', () => {
  test('of changed app state is recorded in the journal, acknowledged and hidden from Baileys', () => {
    keyArrives()
    appState.opened()
    device.appended.length = 0
    changed('N1', 'regular')
    expect(device.mutations).toMatchObject([{ keys: { 'app-state-pending': { regular: '1' } } }])
    expect([wire.acked, wire.toBaileys]).toEqual([['N1'], []])
  })

  test('of another kind is left to Baileys', () => {
    wire.emit('CB:notification', { tag: 'notification', attrs: { id: 'N2', type: 'devices' } })
    expect([wire.acked, wire.toBaileys]).toEqual([[], ['N2']])
  })

  test('of a collection that is being fetched causes one more fetch', async () => {
    keyArrives()
    appState.opened()
    version(...ALL_WA_PATCH_NAMES)
    changed('N1', 'regular')
    wire.fetches[0]?.finish()
    await afterFetch()
    expect(wire.fetches.map(({ names }) => names)).toEqual([ALL_WA_PATCH_NAMES, ['regular']])
  })
})

describe('a fetch', () => {
  test('waits for a key and for the login', () => {
    changed('N1', 'regular')
    appState.opened()
    expect(wire.fetches).toEqual([])
    keyArrives()
    appState.keyArrived()
    expect(wire.fetches.map(({ names, isFirst }) => [names.length, isFirst])).toEqual([[5, false]])
  })

  test('is not repeated after success, except for collections without a version', async () => {
    keyArrives()
    appState.opened()
    version('regular', 'regular_low')
    wire.fetches[0]?.finish()
    await afterFetch()
    expect(pending().toSorted()).toEqual(['critical_block', 'critical_unblock_low', 'regular_high'])
    connect(device)
    appState.opened()
    expect(wire.fetches.map(({ names }) => names)).toEqual([pending()])
  })

  test('keeps changes and whole collections apart, because Baileys tells both in the same words', async () => {
    keyArrives()
    version('regular')
    appState.opened()
    expect([wire.fetches.map(({ names }) => names), appState.isWhole]).toEqual([[['regular']], false])
    wire.fetches[0]?.finish()
    await afterFetch()
    const others = ALL_WA_PATCH_NAMES.filter((name) => name !== 'regular')
    expect([wire.fetches.map(({ names }) => names), appState.isWhole]).toEqual([[['regular'], others], true])
    expect(pending()).toEqual(others)
  })

  test('goes on from the versions that an earlier owner has stored', () => {
    keyArrives()
    version('regular')
    connect(device)
    appState.opened()
    expect(device.image.get('app-state-sync-version', 'regular')).toBe('{}')
  })

  test('leaves its collections pending when it fails, and can be tried again', async () => {
    keyArrives()
    appState.opened()
    wire.fetches[0]?.finish(new Error('503'))
    await afterFetch()
    expect(pending()).toHaveLength(5)
    appState.fetch()
    expect(wire.fetches).toHaveLength(2)
    appState.close()
  })

  test('does not begin on a closed connection', () => {
    keyArrives()
    appState.opened()
    appState.close()
    changed('N1', 'regular')
    expect(wire.fetches).toHaveLength(1)
  })
})

test('a transaction that reads app state versions lets a message be sent meanwhile', async () => {
  const { promise: waiting, resolve: answer } = Promise.withResolvers<void>()
  const order: string[] = []
  const fetching = device.keyStore.transaction(async () => {
    await device.keyStore.store.get('app-state-sync-version', ['regular'])
    await waiting
    order.push('fetched')
  }, 'me')
  await device.keyStore.transaction(async () => void order.push('sent'), 'me')
  const other = device.keyStore.transaction(async () => {
    await device.keyStore.store.get('app-state-sync-version', ['regular'])
    order.push('fetched after it')
  }, 'me')
  answer()
  await Promise.all([fetching, other])
  expect(order).toEqual(['sent', 'fetched', 'fetched after it'])
})

describe('the version of a collection', () => {
  /** Baileys' fetch: the version in a transaction, and then the events, which wait in Baileys' buffer. */
  async function fetchAsBaileys({ fails = false } = {}): Promise<void> {
    await device.keyStore.transaction(async () => {
      await device.keyStore.store.get('app-state-sync-version', ['regular'])
      await device.keyStore.store.set({ 'app-state-sync-version': { regular: VERSION } })
      // The frame of a further question of the fetch leaves.
      device.keyStore.commitPending()
      if (fails) throw new Error('The server does not answer the next question.')
    }, 'me')
    wire.ev.emit('chats.update', [{ id: 'chat', archived: true }])
  }

  const VERSION = { version: 7, hash: Buffer.alloc(0), indexValueMap: {} }
  const stored = () => device.image.get('app-state-sync-version', 'regular')

  beforeEach(() => {
    keyArrives()
    appState.opened()
    wire.ev.buffer()
    wire.ev.on('chats.update', () => told.push(stored() === undefined ? 'told' : 'told too late'))
  })

  test('is stored after what it brings, and is the version of later questions before that', async () => {
    await fetchAsBaileys()
    expect(stored()).toBeUndefined()
    expect(await device.keyStore.store.get('app-state-sync-version', ['regular'])).toMatchObject({ regular: { version: 7 } })
    wire.fetches[0]?.finish()
    await afterFetch()
    expect(told).toEqual(['told', 'stored'])
    expect(stored()).toContain('7')
    expect(pending()).not.toContain('regular')
  })

  test('is not stored when the fetch fails in its middle, so that the next one gets the same changes', async () => {
    await expect(fetchAsBaileys({ fails: true })).rejects.toThrow('does not answer')
    expect(await device.keyStore.store.get('app-state-sync-version', ['regular'])).toEqual({})
    await afterFetch()
    expect([told, stored()]).toEqual([[], undefined])
  })

  test('is not stored when what it brings cannot be told in time', async () => {
    hearing = new Promise(() => {})
    await fetchAsBaileys()
    await afterFetch()
    for (const pass of late) pass()
    hearing = Promise.resolve()
    wire.fetches[0]?.finish()
    await afterFetch()
    expect(told).toEqual(['told', 'stored'])
    expect(stored()).toContain('7')
  })

  test('is not stored when the connection ends before what it brings is told', async () => {
    await fetchAsBaileys()
    appState.close()
    await afterFetch()
    expect([told, stored(), pending()]).toEqual([[], undefined, ALL_WA_PATCH_NAMES])
  })
})

describe('the question for news of the phone', () => {
  const stored = (versions: Record<string, number>) =>
    device.state.change({
      keys: {
        'app-state-sync-version': Object.fromEntries(
          Object.entries(versions).map(([name, number]) => [name, JSON.stringify({ version: number })]),
        ),
      },
    })

  const answered = (collections: Record<string, number>): BinaryNode => {
    const content = Object.entries(collections).map(([name, number]) => ({
      tag: 'collection',
      attrs: { name, version: String(number) },
    }))
    return { tag: 'iq', attrs: { type: 'result' }, content: [{ tag: 'sync', attrs: {}, content }] }
  }

  test('names the stored versions, and changes nothing when there are none newer', async () => {
    stored({ regular: 3, regular_low: 7 })
    appState.opened()
    device.appended.length = 0
    let asked: BinaryNode | undefined
    wire.answer = (question) => {
      asked = question
      return answered({ regular: 3, regular_low: 7 })
    }
    expect(await appState.askForNews()).toBe('none')
    expect(asked).toMatchObject({
      attrs: { xmlns: 'w:sync:app:state' },
      content: [
        {
          tag: 'sync',
          content: [
            { attrs: { name: 'regular_low', version: '7', return_snapshot: 'false' } },
            { attrs: { name: 'regular', version: '3', return_snapshot: 'false' } },
          ],
        },
      ],
    })
    expect(device.appended).toEqual([])
  })

  test('finds a change of which no notice came, and has it fetched', async () => {
    stored({ regular: 3, regular_low: 7 })
    appState.opened()
    wire.answer = () => answered({ regular: 4, regular_low: 7 })
    expect(await appState.askForNews()).toBe('news')
    expect(pending()).toEqual(['regular'])
  })

  test('tells no answer from no news, and asks nothing where nothing is stored', async () => {
    appState.opened()
    expect(await appState.askForNews()).toBe('unknown')
    stored({ regular: 3 })
    wire.answer = () => undefined
    expect(await appState.askForNews()).toBe('unanswered')
    wire.answer = () => {
      throw new Error('The connection ended.')
    }
    expect(await appState.askForNews()).toBe('unanswered')
    appState.close()
    expect(await appState.askForNews()).toBe('unknown')
  })
})

describe('a change of ours', () => {
  const VERSION = { version: 8, hash: Buffer.alloc(0), indexValueMap: {} }

  /** Lets Baileys store the version that WhatsApp gave the change. */
  const accepted = (): Promise<void> =>
    device.keyStore.transaction(async () => {
      await device.keyStore.store.set({ 'app-state-sync-version': { regular: VERSION } })
    }, 'me')

  beforeEach(async () => {
    keyArrives()
    version(...ALL_WA_PATCH_NAMES)
    appState.opened()
    for (const { finish } of wire.fetches) finish()
    await afterFetch()
    wire.fetches.length = 0
  })

  test('is fetched by the next owner when its owner dies before the answer, because WhatsApp tells only the other devices', async () => {
    expect(pending()).toEqual([])
    void appState.changing('regular', () => new Promise(() => {}))
    expect(pending()).toEqual(['regular'])
    connect(device)
    appState.opened()
    expect(wire.fetches.map(({ names }) => names)).toEqual([['regular']])
  })

  test('has its version stored after what the caller makes of it', async () => {
    const answered = Promise.withResolvers<void>()
    const changing = appState.changing('regular', async () => {
      await accepted()
      await answered.promise
    })
    await afterFetch()
    expect([told, Object.keys(device.keyStore.untold)]).toEqual([[], ['regular']])
    answered.resolve()
    await changing
    told.push('heard by the lists')
    await afterFetch()
    expect(told).toEqual(['heard by the lists', 'stored'])
    for (const { finish } of wire.fetches) finish()
    await afterFetch()
    expect([pending(), Object.keys(device.keyStore.untold)]).toEqual([[], []])
  })
})
