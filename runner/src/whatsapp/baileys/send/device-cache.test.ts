import { EventEmitter } from 'node:events'
import type { BinaryNode } from '@whiskeysockets/baileys'
import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DeviceCache } from './device-cache.ts'
import { watchStanzas, type StanzaListeners } from '../stanza-events.ts'
import { DeviceUnderTest, OURS, OUR_LID } from '../testing/device-under-test.ts'

const ANA = '5511900000002'
const ANA_LID = '200000000000002'
const ME = { id: `${OURS}:1@s.whatsapp.net`, lid: `${OUR_LID}:1@lid` }
const DAY_MS = 24 * 60 * 60 * 1000

let device: DeviceUnderTest
let cache: DeviceCache
let wire: EventEmitter

beforeEach(async () => {
  device = new DeviceUnderTest()
  await device.signal.lidMapping.storeLIDPNMappings([{ pn: `${ANA}@s.whatsapp.net`, lid: `${ANA_LID}@lid` }])
  device.appended.length = 0
  cache = new DeviceCache({ state: device.state, names: device.names, clock: { ...systemClock, now: () => device.time.ms } })
  wire = new EventEmitter()
  watchStanzas(wire, {
    ...nothing,
    onDevicesChanged: (jids) => cache.revoke(jids),
    onOwnDevicesChanged: () => cache.revoke(['me@s.whatsapp.net']),
    onDevicesListed: (lists) => cache.listed(lists, ME),
    onBroken: (error) => {
      throw error
    },
  })
})

const nothing: StanzaListeners = {
  stanzas: new WeakMap(),
  onFrame: () => {},
  onLogin: () => {},
  onMessage: () => {},
  onMessageAck: () => {},
  onReceipt: () => {},
  onAskedAgain: () => {},
  onReceiptAcknowledged: () => {},
  onDevicesChanged: () => {},
  onOwnDevicesChanged: () => {},
  onDevicesListed: () => {},
  onPreKeysOffered: () => {},
  onReadElsewhere: () => {},
  onBlocklist: () => {},
  onHappening: () => {},
  onBroken: () => {},
}

const list = (...numbers: number[]) => numbers.map((number) => ({ user: ANA, device: number, server: 's.whatsapp.net' }))

const node = (tag: string, attrs: Record<string, string>, content?: BinaryNode[]): BinaryNode => ({
  tag,
  attrs,
  ...(content ? { content } : {}),
})

/** Emits a notification of WhatsApp. Its attributes name the owner of the devices by phone number or LID. */
function notify(type: string, attrs: Record<string, string>, change: BinaryNode): void {
  wire.emit(`CB:notification,type:${type}`, node('notification', { id: 'n1', type, ...attrs }, [change]))
}

const linked = (attrs: Record<string, string> = { from: `${ANA}@s.whatsapp.net` }) =>
  notify('devices', attrs, node('add', {}, [node('device', { jid: `${attrs['from']?.replace('@', ':1@')}` })]))

const deviceList = (...numbers: number[]) =>
  node(
    'device-list',
    {},
    numbers.map((number) => node('device', { id: String(number), ...(number === 0 ? {} : { 'key-index': '1' }) })),
  )

function answer(jid = `${ANA}@s.whatsapp.net`, ...content: BinaryNode[]): void {
  const user = node('user', { jid }, [node('devices', {}, content)])
  wire.emit('CB:iq,,usync', node('iq', { type: 'result' }, [node('usync', {}, [node('list', {}, [user])])]))
}

/** The cache of a process that starts from the journal as it is now. */
const nextOwner = () => {
  const next = new DeviceUnderTest()
  for (const mutation of device.mutations) next.image.apply(mutation)
  return new DeviceCache({ state: next.state, names: next.names, clock: { ...systemClock, now: () => device.time.ms } })
}

describe('a list of devices', () => {
  test('is stored with the next record and found by the next owner', () => {
    cache.set(ANA, list(0))
    expect(device.appended).toEqual([])
    device.state.append({})
    expect(nextOwner().get(ANA)).toEqual(list(0))
  })

  test('is revoked in the journal before the notification can be acknowledged', () => {
    cache.set(ANA, list(0))
    linked()
    expect(device.mutations.at(-1)?.keys?.['device-cache']).toEqual({ [ANA]: null })
    expect(cache.has(ANA)).toBe(false)
    expect(nextOwner().has(ANA)).toBe(false)
  })

  test('is revoked by the phone number or the LID of its owner, whichever name it is kept under', () => {
    cache.set(ANA, list(0))
    linked({ from: `${ANA_LID}@lid` })
    expect(cache.has(ANA)).toBe(false)
    cache.set(ANA_LID, list(0))
    linked({ from: `${ANA}@s.whatsapp.net` })
    expect(cache.has(ANA_LID)).toBe(false)
  })

  test('is not kept when its query began before the change', () => {
    linked()
    cache.set(ANA, list(0))
    expect(cache.has(ANA)).toBe(false)
    answer()
    cache.set(ANA, list(0, 1))
    expect(cache.get(ANA)).toEqual(list(0, 1))
  })

  test('is in the journal at once when it contradicts a known list', () => {
    cache.set(ANA, list(0))
    cache.set(ANA, list(0, 1))
    expect(nextOwner().get(ANA)).toEqual(list(0, 1))
  })

  test('is revoked when its owner has a new identity, or when another companion of our account is linked', () => {
    cache.set(ANA, list(0))
    cache.set('me', list(0))
    notify('encrypt', { from: `${ANA}@s.whatsapp.net` }, node('identity', {}))
    notify('account_sync', { from: 'me@s.whatsapp.net' }, node('devices', { dhash: '2:x' }))
    expect([cache.has(ANA), cache.has('me')]).toEqual([false, false])
  })

  test('stays when a notification is about something else', () => {
    cache.set(ANA, list(0))
    notify('encrypt', { from: 's.whatsapp.net' }, node('count', { value: '3' }))
    notify('account_sync', { from: `${ANA}@s.whatsapp.net` }, node('blocklist', {}))
    linked({ from: '5511900000009@s.whatsapp.net' })
    expect(cache.get(ANA)).toEqual(list(0))
  })

  test('expires after 7 days, in case a notification was missed', () => {
    cache.set(ANA, list(0))
    device.time.ms += 7 * DAY_MS - 1
    expect(cache.has(ANA)).toBe(true)
    device.time.ms += 1
    expect([cache.has(ANA), cache.get(ANA)]).toEqual([false, undefined])
  })

  test('counts as expired when it was stored without a date', () => {
    device.state.later({ 'device-cache': { [ANA]: JSON.stringify(list(0)) } })
    expect(cache.get(ANA)).toBeUndefined()
  })
})

describe('an empty list of our own devices', () => {
  const own = `${OURS}@s.whatsapp.net`

  test.each([
    ['by number', OURS, own, []],
    ['by number, with the device that sends alone', OURS, own, [1]],
    ['by LID', OUR_LID, `${OUR_LID}@lid`, []],
  ])('%s is kept, and found by the next owner', (_how, user, jid, numbers) => {
    answer(jid, deviceList(...numbers))
    expect(cache.get(user)).toEqual([])
    device.state.append({})
    expect(nextOwner().get(user)).toEqual([])
  })

  test('is not kept when the list has a device, or is missing', () => {
    answer(own, deviceList(0, 1))
    answer(own, deviceList(7))
    answer(`${OUR_LID}@lid`, deviceList(1))
    answer(own)
    expect([cache.has(OURS), cache.has(OUR_LID)]).toEqual([false, false])
  })

  test('is not kept for a contact, to whom no message could go', () => {
    answer(`${ANA}@s.whatsapp.net`, deviceList())
    expect(cache.has(ANA)).toBe(false)
  })

  test('is revoked like every other list, and expires after a day', () => {
    answer(own, deviceList())
    cache.revoke([own])
    expect(cache.has(OURS)).toBe(false)
    answer(own, deviceList())
    device.time.ms += DAY_MS - 1
    expect(cache.has(OURS)).toBe(true)
    device.time.ms += 1
    expect(cache.has(OURS)).toBe(false)
  })
})

test('a list beyond the limit of 5,000 replaces the oldest list', () => {
  for (let index = 0; index <= 5000; index++) cache.set(`55119${String(index).padStart(8, '0')}`, list(0))
  expect(device.image.count('device-cache')).toBe(5000)
  expect([cache.has('5511900000000'), cache.has('5511900000001'), cache.has('5511900005000')]).toEqual([false, true, true])
})

test('an error in one stanza listener is reported and does not stop the other listeners', () => {
  const errors: unknown[] = []
  const broken = () => {
    throw new Error('broken')
  }
  watchStanzas(wire, { ...nothing, onMessage: broken, onBroken: (error) => errors.push(error) })
  let heard = 0
  wire.on('CB:message', () => heard++)
  wire.emit('CB:message', node('message', { id: 'M1' }))
  expect([errors, heard]).toEqual([[new Error('broken')], 1])
})

test('a malformed notification of changed devices leaves the lists as they are', () => {
  const errors: unknown[] = []
  watchStanzas(wire, { ...nothing, onBroken: (error) => errors.push(error) })
  cache.set(ANA, list(0))
  for (const content of [undefined, 'text', Buffer.from('bytes'), [{ tag: 'add', attrs: {} }], [null]]) {
    wire.emit('CB:notification,type:devices', { tag: 'notification', attrs: { from: 'nobody' }, content })
  }
  expect(cache.get(ANA)).toEqual(list(0))
})
