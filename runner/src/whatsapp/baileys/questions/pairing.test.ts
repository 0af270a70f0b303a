import { EventEmitter } from 'node:events'
import { initAuthCreds, type AuthenticationCreds, type BinaryNode } from '@whiskeysockets/baileys'
import { beforeEach, expect, test } from 'vitest'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { QuestionRefused } from '../../questions.ts'
import type { Asking } from './asking.ts'
import { pairingQuestions } from './pairing.ts'

/** The parts of a socket that the question uses. Baileys resolves with the code as soon as the request has left. */
class Socket {
  readonly creds: AuthenticationCreds = initAuthCreds()
  readonly authState = { creds: this.creds }
  readonly ws = new EventEmitter()
  readonly asked: string[] = []

  async requestPairingCode(phone: string): Promise<string> {
    this.asked.push(phone)
    return 'ABCD1234'
  }

  /** WhatsApp's answer, under the names that Baileys gives to stanzas. */
  answer(type: 'result' | 'error', child: BinaryNode): void {
    const stanza: BinaryNode = { tag: 'iq', attrs: { type }, content: [child] }
    this.ws.emit(`CB:iq,type:${type},${child.tag}`, stanza)
    this.ws.emit(`CB:iq,type:${type}`, stanza)
  }
}

let socket: Socket
/** Lets the deadlines pass that are open. */
let late: (() => void)[]

const clock: Clock = {
  ...systemClock,
  after: (_, callback) => {
    late.push(callback)
    return () => void (late = late.filter((one) => one !== callback))
  },
}

beforeEach(() => {
  socket = new Socket()
  late = []
})

const ask = () =>
  pairingQuestions({ socket, clock, whileOpen: <T>(work: Promise<T>) => work } as unknown as Asking)['pairing-code']({
    phone: '491701234567',
  })

test('a code counts when WhatsApp has taken it', async () => {
  let isGiven = false
  const code = ask().finally(() => (isGiven = true))
  await new Promise(setImmediate)
  expect([isGiven, socket.asked]).toEqual([false, ['491701234567']])
  socket.answer('result', { tag: 'link_code_companion_reg', attrs: { stage: 'companion_hello' } })
  expect(await code).toEqual({ code: 'ABCD1234' })
  expect(socket.ws.eventNames()).toEqual([])
})

test.each([
  ['429', 'Too many codes'],
  ['400', 'Scan the QR code instead'],
])('a code that WhatsApp refuses with %s does not', async (code, why) => {
  const refused = expect(ask()).rejects.toThrow(why)
  socket.answer('error', { tag: 'error', attrs: { code, text: '' } })
  await refused
  expect(socket.ws.eventNames()).toEqual([])
})

test('a code that WhatsApp does not answer for is waited for a while only, and its answer is not heard later', async () => {
  const outcome = ask().catch((error: unknown) => error)
  await new Promise(setImmediate)
  for (const pass of late) pass()
  expect(await outcome).toBeInstanceOf(Error)
  expect(socket.ws.eventNames()).toEqual([])
})

test('no code is asked for a device that a phone has just linked, because Baileys would overwrite its identity', async () => {
  socket.creds.account = { details: new Uint8Array() }
  const outcome = ask().catch((error: unknown) => error)
  await new Promise(setImmediate)
  expect(socket.asked).toEqual([])
  expect(await outcome).toBeInstanceOf(QuestionRefused)
})
