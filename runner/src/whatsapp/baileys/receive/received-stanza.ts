import {
  decodeMessageNode,
  getContentType,
  isJidBroadcast,
  isJidNewsletter,
  isJidStatusBroadcast,
  jidNormalizedUser,
  normalizeMessageContent,
  proto,
  unpadRandomMax16,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import type { ReceivedMessage } from '../../port.ts'
import type { LidMap } from '../signal/lid-map.ts'

/** Who reads: our own account, and what it knows of others. */
export interface Reader {
  readonly me: { readonly id: string; readonly lid?: string | undefined }
  readonly names: LidMap
  readonly now: () => number
}

/** What a decrypted stanza turned out to be. */
export interface Reading {
  /** What it says to a person; null when it only carries protocol (keys, receipts of edits, …). */
  readonly message: ReceivedMessage | null
  /** What our own phone tells us behind the scenes; null for everybody else's messages. */
  readonly fromPhone: proto.Message.IProtocolMessage | null
  /** Nothing but the key with which the rest of its stanza is read. */
  readonly isKeyOnly: boolean
}

/** Null when it is no message at all, as Baileys will find out for itself and answer with an error. */
export function readStanza(stanza: BinaryNode, padded: Uint8Array, reader: Reader): Reading | null {
  let outer: proto.Message
  try {
    outer = proto.Message.decode(unpadRandomMax16(padded))
  } catch {
    return null
  }
  const where = addressOf(stanza, reader)
  const message = where && describe(stanza, outer, where, reader)
  const isKeyOnly = !message && outer.senderKeyDistributionMessage !== null && outer.senderKeyDistributionMessage !== undefined
  const isFromPhone = where?.fromMe === true && where.participant === null && stanza.attrs['recipient'] === undefined
  return { message, fromPhone: isFromPhone ? (outer.protocolMessage ?? null) : null, isKeyOnly }
}

/** Chats in which nothing is kept: what is posted there is no message to us. */
export const isOfNoInterest = (jid: string | undefined): boolean =>
  jid !== undefined && (isJidStatusBroadcast(jid) || isJidNewsletter(jid) === true)

/** What a person sees of a message; null when there is nothing to see. */
export function contentOf(message: proto.IMessage): Pick<ReceivedMessage, 'type' | 'text' | 'proto'> | null {
  const content = normalizeMessageContent(message)
  const contentType = content && getContentType(content)
  if (!contentType || contentType === 'protocolMessage') return null
  return {
    type: typeWord(contentType),
    text: content.conversation ?? content.extendedTextMessage?.text ?? null,
    proto: proto.Message.encode(message).finish(),
  }
}

/** A plaintext that satisfies Baileys and says nothing, for a stanza whose message was stored long ago. */
export const emptyPlaintext = (): Buffer => Buffer.concat([proto.Message.encode({ conversation: '' }).finish(), Buffer.of(1)])

/** A message of which WhatsApp tells this device only that there was one: it can be seen on the phone. */
export function describeUnavailable(stanza: BinaryNode, reader: Reader): ReceivedMessage | null {
  const where = addressOf(stanza, reader)
  if (!where) return null
  return { ...envelopeOf(stanza, where, reader), type: 'unavailable', text: null, proto: new Uint8Array() }
}

type Address = Pick<ReceivedMessage, 'messageId' | 'chat' | 'participant' | 'fromMe' | 'alias'>

/** The address of the message in a stanza, whatever it contains. Null for a stanza that Baileys will refuse, and what is no message to us. */
export function addressOf(stanza: BinaryNode, { me, names }: Reader): Address | null {
  const { from, recipient_pn, sender_pn, peer_recipient_pn, participant_pn } = stanza.attrs
  if (from === undefined || isOfNoInterest(from)) return null
  let key
  try {
    ;({ key } = decodeMessageNode(stanza, me.id, me.lid ?? '').fullMessage)
  } catch {
    return null
  }
  const { remoteJid, id, fromMe, participant } = key
  if (!remoteJid || !id) return null
  // To us, a message to a broadcast list is one in the chat with whoever sent it.
  const isListed = isJidBroadcast(remoteJid) === true && participant !== undefined && participant !== null
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

/** One contact is one name: the phone number where it is known, by the stanza or from before. */
export function nameOf(names: LidMap, jid: string, phoneHint?: string): { name: string; other: string | null } {
  const plain = jidNormalizedUser(jid)
  const hinted = phoneHint?.endsWith('@s.whatsapp.net') ? phoneHint : null
  const phone = plain.endsWith('@lid') ? (hinted ?? names.phoneOf(plain)) : null
  if (phone !== null) return { name: jidNormalizedUser(phone), other: plain }
  return { name: plain, other: names.lidOf(plain) }
}

function describe(stanza: BinaryNode, outer: proto.Message, where: Address, reader: Reader): ReceivedMessage | null {
  if (stanza.attrs['category'] === 'peer') return null
  const sent = outer.deviceSentMessage
  const content = contentOf(sent?.message ?? outer)
  if (!content) return null
  const envelope = { ...envelopeOf(stanza, where, reader), ...content }
  if (!sent?.destinationJid || stanza.attrs['recipient'] !== undefined || where.participant !== null) return envelope
  return { ...envelope, chat: nameOf(reader.names, sent.destinationJid).name }
}

function envelopeOf(stanza: BinaryNode, where: Address, reader: Reader) {
  const { notify, t } = stanza.attrs
  const sentSeconds = Number(t)
  return { ...where, pushName: notify ?? null, sentAtMs: Number.isFinite(sentSeconds) ? sentSeconds * 1000 : reader.now() }
}

/** `extendedTextMessage` is text to everybody but the protocol. */
const typeWord = (contentType: string): string =>
  contentType === 'conversation' || contentType === 'extendedTextMessage' ? 'text' : contentType.replace(/Message$/, '')
