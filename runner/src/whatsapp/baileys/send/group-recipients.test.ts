import type { GroupMetadata } from '@whiskeysockets/baileys'
import { beforeEach, describe, expect, test } from 'vitest'
import { DeviceUnderTest, OUR_LID } from '../testing/device-under-test.ts'
import { GroupMembers } from './group-members.ts'
import { assertGroupRecipients, groupOf } from './group-recipients.ts'

const GROUP = '120363000000000001@g.us'
const US = `${OUR_LID}@lid`
const ANA = '200000000000002@lid'
const BEA = '200000000000003@lid'

type Options = Parameters<typeof assertGroupRecipients>[1]

let device: DeviceUnderTest
let members: GroupMembers
/** The state of the simulated server, and the queries that it got. */
let participants: string[]
let devices: Map<string, string[]>
let sessions: Set<string>
let refused: Set<string>
let silentAbout: Set<string>
let asked: string[][]

beforeEach(() => {
  device = new DeviceUnderTest()
  members = new GroupMembers()
  participants = [US, ANA, BEA]
  devices = new Map([US, ANA, BEA].map((jid) => [jid, [jid]]))
  sessions = new Set()
  refused = new Set()
  silentAbout = new Set()
  asked = []
})

/** Baileys' own error for a device without keys. */
const notAcceptable = () => Object.assign(new Error('not-acceptable'), { data: 406 })

const socket = {
  groupMetadata: async () => ({ id: GROUP, participants: participants.map((id) => ({ id })) }) as unknown as GroupMetadata,
  getUSyncDevices: async (jids: string[]) =>
    jids.flatMap((jid) => (devices.get(jid) ?? []).map((name) => ({ jid: name, user: name.split(/[:@]/)[0] ?? '', device: 0 }))),
  assertSessions: async (jids: string[]) => {
    const unknown = jids.filter((jid) => !sessions.has(jid))
    if (unknown.length === 0) return false
    asked.push(unknown)
    if (unknown.some((jid) => refused.has(jid))) throw notAcceptable()
    for (const jid of unknown) if (!silentAbout.has(jid)) sessions.add(jid)
    return true
  },
  signalRepository: { validateSession: async (jid: string) => ({ exists: sessions.has(jid) }) },
} as unknown as Parameters<typeof assertGroupRecipients>[0]

const assert = (more: Partial<Options> = {}) => {
  const options = { group: GROUP, members, names: device.names, resendKey: false, leaveOut: false, ...more }
  return device.keyStore.transaction((transaction) => assertGroupRecipients(socket, { ...options, transaction }), 'me')
}

const holders = async () => (await device.keyStore.store.get('sender-key-memory', [GROUP]))[GROUP]

test('a group with known members, devices and keys passes, and Baileys gets the list that was checked', async () => {
  await assert()
  expect(sessions).toEqual(new Set([US, ANA, BEA]))
  expect(members.jidsOf(GROUP)).toEqual([US, ANA, BEA])
  expect(members.get(GROUP)?.id).toBe(GROUP)
})

test('a group fails when the server lists no members', async () => {
  participants = []
  await expect(assert()).rejects.toThrow('the members of the group')
  expect(members.jidsOf(GROUP)).toBeUndefined()
})

test('a group fails when Baileys gets no answer to its query for the members', async () => {
  const unanswered = { ...socket, groupMetadata: () => Promise.reject(new Error('Invalid group metadata response')) }
  const options = { group: GROUP, members, names: device.names, resendKey: false, leaveOut: true }
  const asserted = device.keyStore.transaction(
    (transaction) => assertGroupRecipients(unanswered, { ...options, transaction }),
    'me',
  )
  await expect(asserted).rejects.toThrow('Invalid group metadata')
})

test.each([
  ['all members', []],
  ['one member', [US, ANA]],
])('a group fails when the server does not list the devices of %s', async (_, known) => {
  devices = new Map(known.map((jid) => [jid, [jid]]))
  await expect(assert({ leaveOut: true })).rejects.toThrow('the devices of all members')
})

test('a member is recognized by its phone number or its LID', async () => {
  await device.signal.lidMapping.storeLIDPNMappings([{ lid: ANA, pn: '5511900000002@s.whatsapp.net' }])
  participants = [US, '5511900000002@s.whatsapp.net']
  devices.set('5511900000002@s.whatsapp.net', [ANA])
  await expect(assert()).resolves.toBeUndefined()
})

describe('a device', () => {
  test('fails the attempt, with its name, when the answer leaves out its keys', async () => {
    silentAbout.add(BEA)
    const failure = { jids: [BEA], areRefused: false }
    await expect(assert()).rejects.toMatchObject(failure)
    await expect(assert({ leaveOut: true })).rejects.toMatchObject(failure)
    expect(await holders()).toBeUndefined()
  })

  test('without keys is identified, and the other devices get sessions', async () => {
    refused.add(ANA)
    await expect(assert()).rejects.toMatchObject({ jids: [ANA], areRefused: true })
    expect(sessions).toEqual(new Set([US, BEA]))
  })

  test('without keys is left out on the last attempt, and later messages do not query its keys again', async () => {
    refused.add(ANA)
    await assert({ leaveOut: true })
    expect(await holders()).toEqual({ [ANA]: true })
    const before = asked.length
    await assert()
    expect(asked.length).toBe(before)
  })

  test('that has the sender key needs no session', async () => {
    await device.keyStore.store.set({ 'sender-key-memory': { [GROUP]: { [ANA]: true, [BEA]: true } } })
    silentAbout = new Set([ANA, BEA])
    await expect(assert()).resolves.toBeUndefined()
    expect(asked).toEqual([[US]])
  })

  test('gets the sender key again after an attempt that may have failed', async () => {
    await device.keyStore.store.set({ 'sender-key-memory': { [GROUP]: { [ANA]: true, [BEA]: true } } })
    await assert({ resendKey: true })
    expect(asked).toEqual([[US, ANA, BEA]])
    expect(await holders()).toBeUndefined()
  })

  test('hosted by WhatsApp needs no keys', async () => {
    devices.set(BEA, [BEA, '200000000000003:99@hosted.lid'])
    silentAbout.add('200000000000003:99@hosted.lid')
    await expect(assert()).resolves.toBeUndefined()
  })
})

test('a group that this account is not in ends the message for good, and a server in trouble does not', async () => {
  const answers = (data: number) => ({
    ...socket,
    groupMetadata: async () => {
      throw Object.assign(new Error('refused'), { data })
    },
  })
  const asked = (data: number) => groupOf(answers(data), GROUP)
  for (const code of [403, 404]) await expect(asked(code)).rejects.toMatchObject({ code: 'not-in-group' })
  await expect(asked(503)).rejects.toThrow('refused')
})
