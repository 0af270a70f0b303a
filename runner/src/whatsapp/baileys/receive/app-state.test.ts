import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ALL_WA_PATCH_NAMES, type BinaryNode, type WASocket } from '@whiskeysockets/baileys'
import { createLogger } from '@holdfast/core/platform/logging'
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

  socket(): Pick<WASocket, 'resyncAppState' | 'sendMessageAck' | 'ws'> {
    this.on('CB:notification', ({ attrs }: BinaryNode) => this.toBaileys.push(attrs['id'] ?? ''))
    return {
      ws: this as unknown as WASocket['ws'],
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
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    hasKey: () => device.image.count('app-state-sync-key') > 0,
  })
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
    await nextTurn()
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
    expect(wire.fetches.map(({ names, isFirst }) => [names.length, isFirst])).toEqual([[5, true]])
  })

  test('is not repeated after success, except for collections without a version', async () => {
    keyArrives()
    appState.opened()
    version('regular', 'regular_low')
    wire.fetches[0]?.finish()
    await nextTurn()
    expect(pending().toSorted()).toEqual(['critical_block', 'critical_unblock_low', 'regular_high'])
    connect(device)
    appState.opened()
    expect(wire.fetches.map(({ names }) => names)).toEqual([pending()])
  })

  test('begins anew with a snapshot when an earlier owner did not finish it', () => {
    keyArrives()
    version('regular')
    connect(device)
    appState.opened()
    expect(device.image.get('app-state-sync-version', 'regular')).toBeUndefined()
  })

  test('leaves its collections pending when it fails, and can be tried again', async () => {
    keyArrives()
    appState.opened()
    wire.fetches[0]?.finish(new Error('503'))
    await nextTurn()
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
