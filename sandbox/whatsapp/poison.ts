// Messages that a client cannot process, each wrong in one way. Bugs and attackers send such messages; they must not stop a client.
import { randomBytes } from 'node:crypto'
import { Curve, encodeWAMessage, generateSignalPubKey, proto } from '@whiskeysockets/baileys'
import { participantAttrs, senderAttrs } from './addressing.ts'
import { newMessageId } from './contact-messages.ts'
import type { Ciphertext } from './endpoint.ts'
import type { Group } from './group.ts'
import type { Handset } from './handset.ts'
import type { LinkedDevice } from './linked-device.ts'
import { SenderKey } from './sender-keys.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Account } from './account.ts'
import type { Contact } from './person.ts'

export const POISON_KINDS = [
  'garbage',
  'truncated',
  'unknown-pre-key',
  'bad-padding',
  'not-protobuf',
  'unknown-enc-type',
  'message-secret',
  'no-enc',
  'huge',
  'no-sender-key',
] as const

type PoisonKind = (typeof POISON_KINDS)[number]

/** The answer to a retry receipt: the good message, another bad one, or nothing (the phone is off). */
type Retry = 'good' | 'bad' | 'off'

export type PoisonOrder = { kind: PoisonKind; retry: Retry; text: string; bytes: number; group: Group | undefined }

const UNKNOWN_PRE_KEY = 0xff_ff_fe
const PAD_LONGER_THAN_ANY = 0xff

const enc = (type: string, content: Uint8Array): Stanza => ({ tag: 'enc', attrs: { v: '2', type }, content })

const encOf = ({ type, ciphertext }: Ciphertext): Stanza => enc(type, ciphertext)

/** A first message under the contact's identity with a one-time key that the client never had. */
const forUnknownPreKey = async (handset: Handset, device: LinkedDevice, padded: Buffer): Promise<Stanza> => {
  const twin = handset.endpoint.twin()
  const preKey = { keyId: UNKNOWN_PRE_KEY, publicKey: generateSignalPubKey(Curve.generateKeyPair().public) }
  await twin.openSession(device.peer, device.bundleWith(preKey))
  return encOf(await twin.encryptBytes(device.peer, padded))
}

type Maker = (handset: Handset, device: LinkedDevice, order: PoisonOrder) => Promise<Stanza[]>

const MAKERS: Record<PoisonKind, Maker> = {
  garbage: async () => [enc('msg', randomBytes(120))],
  truncated: async (handset, { peer }, { text }) => {
    const { type, ciphertext } = await handset.endpoint.encrypt(peer, { conversation: text })
    return [enc(type, ciphertext.subarray(0, ciphertext.length / 2))]
  },
  'unknown-pre-key': async (handset, device, { text }) => [
    await forUnknownPreKey(handset, device, encodeWAMessage({ conversation: text })),
  ],
  'bad-padding': async (handset, { peer }) => {
    const unpadded = proto.Message.encode({ conversation: 'bad' }).finish()
    const padded = Buffer.concat([unpadded, Buffer.of(PAD_LONGER_THAN_ANY)])
    return [encOf(await handset.endpoint.encryptBytes(peer, padded))]
  },
  'not-protobuf': async (handset, { peer }) => [
    encOf(await handset.endpoint.encryptBytes(peer, Buffer.concat([Buffer.alloc(20, 0xff), Buffer.of(1)]))),
  ],
  'unknown-enc-type': async () => [enc('quantum', randomBytes(120))],
  'message-secret': async () => [enc('msmsg', randomBytes(120))],
  'no-enc': async () => [],
  huge: async (handset, { peer }, { text, bytes }) => [
    encOf(await handset.endpoint.encrypt(peer, { conversation: text.padEnd(bytes, '.') })),
  ],
  'no-sender-key': async (_handset, _device, { text }) => [
    enc('skmsg', new SenderKey().encrypt(encodeWAMessage({ conversation: text }))),
  ],
}

export class Poison {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** Resolves when the message is queued for every companion of the account. */
  async send(contact: Contact, account: Account, order: PoisonOrder): Promise<string> {
    const id = newMessageId()
    const { kind, group } = order
    const handset = contact.main
    const names = group
      ? { from: group.id, ...participantAttrs(contact, handset, group.addressing) }
      : senderAttrs(contact, handset, contact.modeFor(account.phone))
    const attrs = { ...names, type: 'text', notify: contact.name }
    const make = (device: LinkedDevice): Promise<Stanza[]> => MAKERS[kind](handset, device, order)
    if (order.retry !== 'off') {
      const bad = order.retry === 'bad' ? { make } : {}
      handset.sent.set(id, { message: { conversation: order.text }, attrs, ...bad })
    }
    await handset.endpoint.inTurn(async () => {
      for (const device of clientsOf(account)) {
        device.watched.watch(id, kind)
        device.queue.put({ tag: 'message', attrs: { ...attrs, id, t: timestamp() }, content: await make(device) })
      }
    })
    this.#services.happenings.tell('poison', { contact: contact.phone, phone: account.phone, id, kind })
    return id
  }
}
