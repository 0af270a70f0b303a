import { createHash } from 'node:crypto'
import type { Agent } from 'node:https'
import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { downloadContentFromMessage, proto } from '@whiskeysockets/baileys'
import { HistoryLost } from '../../history.ts'
import { through } from '../media/through-proxy.ts'

/** The largest inflated file. A protobuf of this size is decoded in pieces. */
const MAX_BYTES = 128 * 1024 * 1024

const inflated = promisify(inflate)

/**
 * Returns the inflated history file of a notification, from the notification itself or from WhatsApp's media host.
 *
 * @throws HistoryLost when the file is gone, damaged or too large; any other error may pass
 */
export async function historyFile(
  notification: proto.Message.IHistorySyncNotification,
  agent: Agent | null = null,
): Promise<Buffer> {
  const inline = notification.initialHistBootstrapInlinePayload
  const packed = inline?.length ? inline : await download(notification, agent)
  try {
    return await inflated(packed, { maxOutputLength: MAX_BYTES })
  } catch (cause) {
    const isTooLarge = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
    throw new HistoryLost(isTooLarge ? 'too-large' : 'damaged', { cause })
  }
}

async function download(notification: proto.Message.IHistorySyncNotification, agent: Agent | null): Promise<Buffer> {
  const { mediaKey, directPath, fileSha256 } = notification
  if (!mediaKey || !directPath) throw new HistoryLost('damaged')
  const parts: Buffer[] = []
  try {
    const file = await downloadContentFromMessage({ mediaKey, directPath }, 'md-msg-hist', { options: through(agent) })
    for await (const part of file) parts.push(Buffer.from(part as Uint8Array))
  } catch (cause) {
    const status = (cause as { output?: { statusCode?: unknown } }).output?.statusCode
    if (status === 404 || status === 410) throw new HistoryLost('gone', { cause })
    throw cause
  }
  const bytes = Buffer.concat(parts)
  const isWhole = !fileSha256?.length || createHash('sha256').update(bytes).digest().equals(Buffer.from(fileSha256))
  if (!isWhole) throw new HistoryLost('damaged')
  return bytes
}

const CONVERSATIONS = 2
const LENGTH_DELIMITED = 2

/**
 * Yields the file without its conversations, then each conversation by itself. Decoded at once, a large file would block the
 * process for seconds and take many times its size in memory.
 */
export function* partsOf(file: Buffer): Generator<proto.HistorySync> {
  const rest: Buffer[] = []
  const conversations: Buffer[] = []
  for (const { field, whole, content } of fieldsOf(file)) {
    if (field === CONVERSATIONS && content) conversations.push(content)
    else rest.push(whole)
  }
  const head = decoded(() => proto.HistorySync.decode(Buffer.concat(rest)))
  yield head
  const { syncType } = head
  for (const content of conversations) {
    const conversation = decoded(() => proto.Conversation.decode(content))
    // Baileys fails on a message without a key.
    conversation.messages = conversation.messages.filter(({ message }) => message?.key)
    yield proto.HistorySync.create({ syncType, conversations: [conversation] })
  }
}

function decoded<T>(decode: () => T): T {
  try {
    return decode()
  } catch (cause) {
    throw new HistoryLost('damaged', { cause })
  }
}

interface Field {
  readonly field: number
  readonly whole: Buffer
  /** Null for a field that is no message, text or bytes. */
  readonly content: Buffer | null
}

/** The fields of a protobuf message, undecoded. */
function* fieldsOf(message: Buffer): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const tag = varintAt(message, at)
    const wireType = tag.value & 7
    const begin = tag.end
    const length = wireType === LENGTH_DELIMITED ? varintAt(message, begin) : null
    const end = length ? length.end + length.value : skipped(message, begin, wireType)
    if (end > message.length) throw new HistoryLost('damaged')
    yield {
      field: tag.value >>> 3,
      whole: message.subarray(at, end),
      content: length ? message.subarray(length.end, end) : null,
    }
    at = end
  }
}

function skipped(message: Buffer, at: number, wireType: number): number {
  switch (wireType) {
    case 0:
      return varintAt(message, at).end
    case 1:
      return at + 8
    case 5:
      return at + 4
    default:
      throw new HistoryLost('damaged')
  }
}

function varintAt(message: Buffer, at: number): { value: number; end: number } {
  let value = 0
  for (let byte = 0; byte < 10; byte++) {
    const bits = message[at + byte]
    if (bits === undefined) break
    value += (bits & 0x7f) * 2 ** (7 * byte)
    if (bits < 0x80) return { value, end: at + byte + 1 }
  }
  throw new HistoryLost('damaged')
}
