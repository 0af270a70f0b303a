import {
  decodeMessageNode,
  encodeBinaryNode,
  getBinaryNodeChild,
  getBinaryNodeChildren,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import { messageOf } from '@holdfast/core/platform/errors'
import type { Delivery, FailedStanza, Unreadable } from '../../delivered-stanzas.ts'
import { nameOf, type Reader } from './reader.ts'
import { addressOf, isOfPosts, readStanza, type Reading } from './received-stanza.ts'

/** The types of encryption that Baileys hands to the Signal repository. It refuses all other types by itself. */
const DECRYPTABLE = new Set(['pkmsg', 'msg', 'skmsg'])

/** The reason why a stanza is not decrypted. `absent` means that WhatsApp announced a message without its content. */
interface Trouble extends Unreadable {
  /** True when Baileys does not ask for the stanza again, so that one delivery is all there is. */
  readonly isFinal: boolean
}

/** The type of encryption of WhatsApp's own bots. Baileys refuses their replies. */
const OF_A_BOT = 'msmsg'

/** The types of messages whose content WhatsApp never gives to this device. A person has to look at the phone. */
const ONLY_ON_THE_PHONE = new Set([
  'view_once',
  'view_once_unavailable_fanout',
  'bot_unavailable_fanout',
  'hosted_unavailable_fanout',
])

/** Finds the reason why Baileys will not read a stanza, before Baileys sees it. Null when Baileys can try. */
export function troubleOf(stanza: BinaryNode, { me }: Reader): Trouble | null {
  if (isOfPosts(stanza.attrs['from'])) return null
  try {
    decodeMessageNode(stanza, me.id, me.lid ?? '')
  } catch (error) {
    return { code: 'malformed', message: messageOf(error), isFinal: true }
  }
  if (getBinaryNodeChildren(stanza, 'plaintext').length > 0) return null
  const encrypted = getBinaryNodeChildren(stanza, 'enc')
  const [refused] = encrypted.filter(({ attrs }) => !DECRYPTABLE.has(attrs['type'] ?? ''))
  if (refused) {
    const message = 'The message has an unknown type of encryption.'
    return { code: 'unknown-encryption', message, isFinal: refused.attrs['type'] === OF_A_BOT }
  }
  if (encrypted.some(({ content }) => content instanceof Uint8Array)) return null
  return { code: 'absent', message: 'WhatsApp announced a message without its content.', isFinal: false }
}

export const isOnlyOnThePhone = (stanza: BinaryNode): boolean =>
  ONLY_ON_THE_PHONE.has(getBinaryNodeChild(stanza, 'unavailable')?.attrs['type'] ?? '')

/** The key of a message. All copies have the same key, whether they name the sender by phone number or LID. */
function keyOfStanza({ attrs }: BinaryNode, { names }: Reader): string {
  const { from = '', id = '', participant, sender_pn, participant_pn } = attrs
  const author = participant === undefined ? '' : nameOf(names, participant, participant_pn).name
  return receivedMessageIdOf(nameOf(names, from, sender_pn).name, author, id)
}

export function failedStanza(stanza: BinaryNode, reader: Reader, error: Unreadable, plain?: Uint8Array): FailedStanza {
  const { from = '', id = '', participant } = stanza.attrs
  return {
    key: keyOfStanza(stanza, reader),
    messageId: id,
    from,
    participant: participant ?? null,
    kind: kindOf(stanza),
    error: { code: error.code, message: error.message },
    bytes: encodeBinaryNode(stanza),
    ...(plain ? { plain } : {}),
  }
}

/** A delivered stanza with a ciphertext, in the terms of the port. */
export class StanzaDelivery implements Delivery {
  readonly stanza: BinaryNode
  readonly hash: string
  readonly #reader: Reader

  constructor(stanza: BinaryNode, hash: string, reader: Reader) {
    this.stanza = stanza
    this.hash = hash
    this.#reader = reader
  }

  get key(): string {
    return keyOfStanza(this.stanza, this.#reader)
  }

  get address() {
    return addressOf(this.stanza, this.#reader)
  }

  /** Null when the plaintext is no message. */
  read(plain: Uint8Array): Reading | null {
    return readStanza(this.stanza, plain, this.#reader)
  }

  failed(error: Unreadable, plain?: Uint8Array): FailedStanza {
    return failedStanza(this.stanza, this.#reader, error, plain)
  }
}

/** The codes of causes, by the error texts of libsignal and Baileys. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/No matching sessions/i, 'no-session-fits'],
  [/No session record/i, 'no-session'],
  [/Invalid PreKey ID|pre ?key/i, 'unknown-pre-key'],
  [/Bad MAC/i, 'bad-mac'],
  [/No SenderKeyRecord|No session found to decrypt/i, 'unknown-sender-key'],
  [/Key used already|old counter/i, 'used-key'],
  [/into the future/i, 'too-far-ahead'],
]

export function causeOf(error: unknown): Unreadable {
  const text = messageOf(error)
  const code = CAUSES.find(([pattern]) => pattern.test(text))?.[1] ?? 'cannot-decrypt'
  return { code, message: text.slice(0, 200) }
}

const kindOf = (stanza: BinaryNode): string => getBinaryNodeChildren(stanza, 'enc').at(-1)?.attrs['type'] ?? 'none'
