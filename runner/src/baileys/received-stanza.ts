import {
  getContentType,
  jidNormalizedUser,
  normalizeMessageContent,
  proto,
  unpadRandomMax16,
  type BinaryNode,
} from '@whiskeysockets/baileys'
import type { ReceivedMessage } from '../session/connection.ts'

/**
 * What a decrypted stanza says to a person; null when it only carries protocol (keys, receipts of edits, history, …) or is no
 * message at all, as Baileys will find out for itself.
 */
export function describeMessage(stanza: BinaryNode, padded: Uint8Array, receivedAtMs: number): ReceivedMessage | null {
  try {
    return describe(stanza, padded, receivedAtMs)
  } catch {
    return null
  }
}

function describe(stanza: BinaryNode, padded: Uint8Array, receivedAtMs: number): ReceivedMessage | null {
  const { id, from, participant, recipient, category, notify, t } = stanza.attrs
  if (id === undefined || from === undefined || category === 'peer') return null
  if (from === 'status@broadcast' || from.endsWith('@newsletter')) return null
  const outer = decodePadded(padded)
  const message = outer.deviceSentMessage?.message ?? outer
  const content = normalizeMessageContent(message)
  const contentType = content && getContentType(content)
  if (!contentType || contentType === 'protocolMessage') return null
  const sentSeconds = Number(t)
  return {
    messageId: id,
    chat: jidNormalizedUser(outer.deviceSentMessage?.destinationJid ?? recipient ?? phoneJidOf(stanza) ?? from),
    participant: participant === undefined ? null : jidNormalizedUser(participant),
    fromMe: outer.deviceSentMessage !== null && outer.deviceSentMessage !== undefined,
    pushName: notify ?? null,
    type: typeWord(contentType),
    text: content.conversation ?? content.extendedTextMessage?.text ?? null,
    proto: proto.Message.encode(message).finish(),
    sentAtMs: Number.isFinite(sentSeconds) ? sentSeconds * 1000 : receivedAtMs,
  }
}

/** App-state keys that the phone shares: they must be durable with the message, since it comes only once. */
export function sharedAppStateKeys(
  stanza: BinaryNode | undefined,
  padded: Uint8Array,
): { id: string; data: proto.Message.IAppStateSyncKeyData }[] {
  if (stanza?.attrs['category'] !== 'peer') return []
  const keys = decodePadded(padded).protocolMessage?.appStateSyncKeyShare?.keys ?? []
  return keys.flatMap(({ keyId, keyData }) =>
    keyId?.keyId && keyData ? [{ id: Buffer.from(keyId.keyId).toString('base64'), data: keyData }] : [],
  )
}

/** A plaintext that satisfies Baileys and says nothing, for a stanza whose message was stored long ago. */
export const emptyPlaintext = (): Buffer => Buffer.concat([proto.Message.encode({ conversation: '' }).finish(), Buffer.of(1)])

const decodePadded = (padded: Uint8Array): proto.Message => proto.Message.decode(unpadRandomMax16(padded))

/** A contact may be addressed by phone number or by LID; one contact is one chat, under the number where the stanza tells it. */
function phoneJidOf({ attrs }: BinaryNode): string | undefined {
  return attrs['from']?.endsWith('@lid') ? attrs['sender_pn'] : undefined
}

/** `extendedTextMessage` is text to everybody but the protocol. */
const typeWord = (contentType: string): string =>
  contentType === 'conversation' || contentType === 'extendedTextMessage' ? 'text' : contentType.replace(/Message$/, '')
