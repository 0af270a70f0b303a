import type { GroupMetadata } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, expect, test } from 'vitest'
import { DeviceUnderTest, OUR_LID } from '../testing/device-under-test.ts'
import { GroupMembers } from './group-members.ts'
import { Sending, type SendingOptions } from './sending.ts'

const GROUP = '120363000000000001@g.us'

let device: DeviceUnderTest
let sending: Sending
/** What WhatsApp was asked for, and what went out. */
let asked: string[]
let nowMs: number

const clock: Clock = { ...systemClock, monotonic: () => nowMs }

beforeEach(() => {
  device = new DeviceUnderTest()
  asked = []
  nowMs = 0
  const socket = {
    authState: { creds: device.creds },
    groupMetadata: async () => {
      asked.push('group')
      return { id: GROUP, participants: [{ id: `${OUR_LID}@lid` }] } as unknown as GroupMetadata
    },
    getUSyncDevices: async () => [{ jid: `${OUR_LID}@lid`, user: OUR_LID, device: 0 }],
    assertSessions: async () => false,
    signalRepository: { validateSession: async () => ({ exists: true }) },
    relayMessage: async (_: string, __: unknown, { messageId }: { messageId: string }) => {
      asked.push(messageId)
      return messageId
    },
  }
  sending = new Sending({
    socket: socket as unknown as SendingOptions['socket'],
    keyStore: device.keyStore,
    devices: { revoke: () => {} } as unknown as SendingOptions['devices'],
    staleDevices: { drop: () => {} } as unknown as SendingOptions['staleDevices'],
    names: device.names,
    members: new GroupMembers(),
    clock,
    onGroup: () => {},
    whileOpen: (work) => work,
  })
})

const compose = (messageId: string): Promise<Uint8Array> =>
  sending.compose({
    chat: GROUP,
    content: { type: 'text', text: 'Hello', mentions: ['all'] },
    messageId,
    quoted: null,
    source: null,
    preview: null,
    disappearsAfter: null,
  })

const relay = (message: Uint8Array, messageId: string, isRepeated = false): Promise<void> =>
  sending.relay(GROUP, message, messageId, { isRepeated, audience: [], mediaHandle: null })

test('a message to a group asks for the group once, and the next message asks anew', async () => {
  await relay(await compose('one'), 'one')
  await relay(await compose('two'), 'two')
  expect(asked).toEqual(['group', 'one', 'group', 'two'])
})

test('a message that goes out again, or a while after it was composed, goes to the members of that time', async () => {
  const message = await compose('one')
  await relay(message, 'one')
  await relay(message, 'one', true)
  const late = await compose('two')
  nowMs += 10_000
  await relay(late, 'two')
  expect(asked).toEqual(['group', 'one', 'group', 'one', 'group', 'group', 'two'])
})
