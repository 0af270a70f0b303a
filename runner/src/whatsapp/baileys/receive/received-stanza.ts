import {
  decodeMessageNode,
  getBinaryNodeChild,
  isJidBroadcast,
  isJidNewsletter,
  isJidStatusBroadcast,
  proto,
  unpadRandomMax16,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import type { ReceivedMessage } from '../../received-message.ts'
import { readMessage } from './message-reader.ts'
import { nameOf, type Address, type Reader } from './reader.ts'

/** The content of a decrypted stanza. */
export interface Reading {
  /** The message for a person. Null when the stanza only carries protocol (keys, receipts of edits, …). */
  readonly message: ReceivedMessage | null
  /** The protocol message of our own phone. Null for every other sender. */
  readonly fromPhone: proto.Message.IProtocolMessage | null
  /** True when the plaintext holds only the sender key that decrypts the rest of its stanza. */
  readonly isKeyOnly: boolean
}

/** Reads a decrypted plaintext. Null when it is no message: Baileys then finds the same and answers with an error. */
export function readStanza(stanza: BinaryNode, padded: Uint8Array, reader: Reader): Reading | null {
  let bytes: Uint8Array
  let outer: proto.Message
  try {
    bytes = unpadRandomMax16(padded)
    outer = proto.Message.decode(bytes)
  } catch {
    return null
  }
  const where = addressOf(stanza, reader)
  const message = where && describeSafely(stanza, { outer: () => outer, bytes }, where, reader)
  const isKeyOnly = !message && outer.senderKeyDistributionMessage !== null && outer.senderKeyDistributionMessage !== undefined
  const isFromPhone = where?.fromMe === true && where.participant === null && stanza.attrs['recipient'] === undefined
  return { message, fromPhone: isFromPhone ? (outer.protocolMessage ?? null) : null, isKeyOnly }
}

/** True for status stories and channels. A post that cannot be read is no message to us that is missing. */
export const isOfPosts = (jid: string | undefined): boolean =>
  jid !== undefined && (isJidStatusBroadcast(jid) || isJidNewsletter(jid) === true)

/** A valid plaintext with an empty text. It answers Baileys for a stanza whose message is already stored. */
export const emptyPlaintext = (): Buffer => Buffer.concat([proto.Message.encode({ conversation: '' }).finish(), Buffer.of(1)])

/** Describes a message that WhatsApp only announces to this device. A person can see it on the phone. */
export function describeUnavailable(stanza: BinaryNode, reader: Reader): ReceivedMessage | null {
  const where = addressOf(stanza, reader)
  if (!where) return null
  return { ...envelopeOf(stanza, where, reader), type: 'unavailable', text: null, proto: new Uint8Array() }
}

/** Describes a post of a channel, which comes in clear. Null for a stanza that only counts reactions and views. */
export function describePost(stanza: BinaryNode, reader: Reader): ReceivedMessage | null {
  const bytes = getBinaryNodeChild(stanza, 'plaintext')?.content
  const where = bytes instanceof Uint8Array ? addressOf(stanza, reader) : null
  if (!where || !(bytes instanceof Uint8Array)) return null
  const fromMe = where.fromMe || stanza.attrs['is_sender'] === 'true'
  return describeSafely(stanza, { outer: () => proto.Message.decode(bytes), bytes }, { ...where, fromMe }, reader)
}

/** The address of the message in a stanza. Null for a stanza that Baileys refuses. */
export function addressOf(stanza: BinaryNode, { me, names }: Reader): Address | null {
  const { from, recipient_pn, sender_pn, peer_recipient_pn, participant_pn } = stanza.attrs
  if (from === undefined) return null
  let key
  try {
    ;({ key } = decodeMessageNode(stanza, me.id, me.lid ?? '').fullMessage)
  } catch {
    return null
  }
  const { remoteJid, id, fromMe, participant } = key
  if (!remoteJid || !id) return null
  // A message to a broadcast list belongs to the chat with its sender.
  const isListed =
    isJidBroadcast(remoteJid) === true && !isJidStatusBroadcast(remoteJid) && participant !== undefined && participant !== null
  const chatHint = remoteJid === from ? sender_pn : (recipient_pn ?? peer_recipient_pn)
  const chat = nameOf(names, isListed ? participant : remoteJid, isListed ? participant_pn : chatHint)
  const author = participant && !isListed ? nameOf(names, participant, participant_pn) : null
  return {
    messageId: id,
    chat: chat.name,
    participant: author?.name ?? null,
    fromMe: fromMe === true,
    ...(chat.other === null && !author?.other
      ? {}
      : { alias: { chat: chat.other ?? chat.name, participant: author ? (author.other ?? author.name) : null } }),
  }
}

/** The kind of a message whose parts make no sense together. */
const SENSELESS = 'senseless'

/** A stranger may put anything into a message. Where reading it fails, its bytes are kept. */
function describeSafely(
  stanza: BinaryNode,
  { outer, bytes }: { outer: () => proto.Message; bytes: Uint8Array },
  where: Address,
  reader: Reader,
): ReceivedMessage | null {
  try {
    return describe(stanza, { outer: outer(), bytes }, where, reader)
  } catch {
    const content = { type: 'unsupported', text: null, facts: { unsupported: SENSELESS }, proto: bytes }
    return { ...envelopeOf(stanza, where, reader), ...content }
  }
}

function describe(
  stanza: BinaryNode,
  { outer, bytes }: { outer: proto.Message; bytes: Uint8Array },
  where: Address,
  reader: Reader,
): ReceivedMessage | null {
  if (stanza.attrs['category'] === 'peer') return null
  const sent = outer.deviceSentMessage
  const named = sent ? sentTo(stanza, sent, where, reader) : where
  const isByAdmin = stanza.attrs['edit'] === ADMIN_REVOKE
  const content = readMessage(sent?.message ?? outer, { where: named, reader, isByAdmin }, bytes)
  return content && { ...envelopeOf(stanza, named, reader), ...content }
}

/** The value of the attribute `edit` with which WhatsApp's server marks what an administrator of a group revoked. */
const ADMIN_REVOKE = '8'

/** The chat of a message that another device of ours sent. Its stanza need not name it. */
function sentTo(
  stanza: BinaryNode,
  { destinationJid }: proto.Message.IDeviceSentMessage,
  where: Address,
  reader: Reader,
): Address {
  if (!destinationJid || stanza.attrs['recipient'] !== undefined || where.participant !== null) return where
  const { alias: _, ...rest } = where
  return { ...rest, chat: nameOf(reader.names, destinationJid).name }
}

function envelopeOf(stanza: BinaryNode, where: Address, reader: Reader) {
  const { notify, t } = stanza.attrs
  const sentSeconds = Number(t)
  return { ...where, pushName: notify ?? null, sentAtMs: Number.isFinite(sentSeconds) ? sentSeconds * 1000 : reader.now() }
}
