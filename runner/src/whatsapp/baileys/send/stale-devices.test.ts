import { beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { DeviceCache } from './device-cache.ts'
import { StaleDevices } from './stale-devices.ts'
import { DeviceUnderTest, OURS, OUR_LID } from '../testing/device-under-test.ts'

const ANA = '5511900000002'
const CHAT = `${ANA}@s.whatsapp.net`
const LID_CHAT = '200000000000002@lid'

let device: DeviceUnderTest
let devices: DeviceCache
let stale: StaleDevices
const members = new Map<string, string[]>()

beforeEach(() => {
  device = new DeviceUnderTest()
  devices = new DeviceCache({ state: device.state, names: device.names, clock: systemClock })
  stale = new StaleDevices(devices, { me: () => device.creds.me, membersOf: (group) => members.get(group) })
})

const learn = (user: string, server: string, ...numbers: number[]) =>
  devices.set(
    user,
    numbers.map((number) => ({ user, server, device: number })),
  )

/** The hash of an independent program: SHA-256 of the sorted names, with agent and device, of all devices and our own. */
const OF_PHONE_AND_US = '2:5DYXJ9s5'

test('an ack without a hash, or with a hash that matches the lists, asks for no repetition', () => {
  learn(ANA, 's.whatsapp.net', 0)
  learn(OURS, 's.whatsapp.net', 0)
  expect(stale.dropIfStale(CHAT, undefined)).toBe(false)
  expect(stale.dropIfStale(CHAT, OF_PHONE_AND_US)).toBe(false)
  expect(devices.has(ANA)).toBe(true)
})

test('an ack with another hash drops the lists in the journal and asks for a repetition', () => {
  learn(ANA, 's.whatsapp.net', 0)
  learn(OURS, 's.whatsapp.net', 0)
  device.state.append({})
  expect(stale.dropIfStale(CHAT, '2:another')).toBe(true)
  expect(device.mutations.at(-1)?.keys?.['device-cache']).toEqual({ [ANA]: null, [OURS]: null })
  expect([devices.has(ANA), devices.has(OURS)]).toEqual([false, false])
})

const listed = (chat: string) =>
  devices.listed(
    [chat, `${OURS}@s.whatsapp.net`].map((jid) => ({ jid, numbers: [0] })),
    undefined,
  )

test('the drop of a chat covers its lists and our own, and a drop without a chat only our own', () => {
  const learnBoth = () => {
    listed(CHAT)
    learn(ANA, 's.whatsapp.net', 0)
    learn(OURS, 's.whatsapp.net', 0, 7)
  }
  learnBoth()
  stale.drop()
  expect([devices.has(ANA), devices.has(OURS)]).toEqual([true, false])
  learnBoth()
  stale.drop(CHAT)
  expect([devices.has(ANA), devices.has(OURS)]).toEqual([false, false])
})

test('an ack with any hash asks for a repetition when a list was revoked meanwhile', () => {
  expect(stale.dropIfStale(CHAT, OF_PHONE_AND_US)).toBe(true)
})

describe('a chat by LID', () => {
  test('is compared with the devices of our own LID', () => {
    learn('200000000000002', 'lid', 0)
    learn(OUR_LID, 'lid', 0)
    expect(stale.dropIfStale(LID_CHAT, '2:another')).toBe(true)
    expect(devices.has(OUR_LID)).toBe(false)
  })
})

describe('a group', () => {
  const GROUP = '120363000000000001@g.us'

  beforeEach(() => members.set(GROUP, [LID_CHAT, `${OUR_LID}@lid`]))

  test('is compared with the devices of all its members', () => {
    learn('200000000000002', 'lid', 0)
    learn(OUR_LID, 'lid', 0)
    expect(stale.dropIfStale(GROUP, '2:ThHGJlF6')).toBe(false)
    expect(devices.has('200000000000002')).toBe(true)
  })

  test('loses the lists of all its members when the hash differs', () => {
    learn('200000000000002', 'lid', 0)
    learn(OUR_LID, 'lid', 0)
    expect(stale.dropIfStale(GROUP, '2:another')).toBe(true)
    expect([devices.has('200000000000002'), devices.has(OUR_LID)]).toEqual([false, false])
  })
})

describe('a hash that differs from the fresh lists', () => {
  const fresh = (chat: string) => {
    listed(chat)
    learn(chat.split('@')[0] ?? '', 's.whatsapp.net', 0)
    learn(OURS, 's.whatsapp.net', 0)
  }

  test('asks for no further repetition, so that the message goes out twice at most', () => {
    fresh(CHAT)
    expect(stale.dropIfStale(CHAT, '2:ours is other')).toBe(true)
    fresh(CHAT)
    expect(stale.dropIfStale(CHAT, '2:ours is other')).toBe(false)
    expect(stale.dropIfStale(CHAT, '2:ours is other')).toBe(false)
    expect(devices.has(ANA)).toBe(true)
  })

  test('is ignored in every chat once it differed in four chats', () => {
    const answers: boolean[] = []
    for (let index = 0; index < 6; index++) {
      const chat = `551190000001${index}@s.whatsapp.net`
      fresh(chat)
      answers.push(stale.dropIfStale(chat, '2:ours is other'))
      fresh(chat)
      stale.dropIfStale(chat, '2:ours is other')
    }
    expect(answers).toEqual([true, true, true, true, false, false])
  })
})
