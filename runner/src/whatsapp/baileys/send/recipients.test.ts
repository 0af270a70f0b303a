import { StateImage } from '@holdfast/core/journal/state-image'
import { expect, test } from 'vitest'
import { LidMap } from '../signal/lid-map.ts'
import { assertRecipients } from './recipients.ts'

const CHAT = '5511900000002@s.whatsapp.net'
const ME = { id: '5511900000001:1@s.whatsapp.net', lid: '100000000000001:1@lid' }

const deviceOf = (jid: string) => ({ user: jid.split(/[:@]/)[0] ?? '', device: 0, jid })

/** Asserts the recipients with a server that lists these devices, of which some have a session after the query for keys. */
function check(jids: string[], withSession: string[], hasAsked = true) {
  const asked: string[] = []
  const socket = {
    getUSyncDevices: async () => jids.map(deviceOf),
    assertSessions: async (wanted: string[]) => {
      asked.push(...wanted)
      return hasAsked
    },
    signalRepository: { validateSession: async (jid: string) => ({ exists: withSession.includes(jid) }) },
  }
  const options = { chat: CHAT, me: ME, names: new LidMap(new StateImage()) }
  return { asked, done: assertRecipients(socket as never, options) }
}

const PHONE = '5511900000001@s.whatsapp.net'
const COMPANION = '5511900000002:7@s.whatsapp.net'

test('a message goes out when every device has a session', async () => {
  const { asked, done } = check([PHONE, CHAT, COMPANION], [PHONE, CHAT, COMPANION])
  await expect(done).resolves.toBeUndefined()
  expect(asked).toEqual([PHONE, CHAT, COMPANION])
})

test('the error names the number of devices for which WhatsApp gave no keys, and no phone number', async () => {
  const { done } = check([PHONE, CHAT, COMPANION], [PHONE])
  await expect(done).rejects.toThrow('WhatsApp returned no keys for 2 of the 3 devices of the chat.')
})

test('the error tells a chat without devices from devices without keys', async () => {
  await expect(check([PHONE], [PHONE]).done).rejects.toThrow('WhatsApp did not list the devices of the chat.')
})
