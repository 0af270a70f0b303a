import { jidDecode, jidNormalizedUser, processHistoryMessage, proto, unpadRandomMax16 } from '@whiskeysockets/baileys'
import type { HistoryPiece, HistoryReader, ReceivedMessage } from '../../port.ts'
import { historyFile, partsOf } from './history-file.ts'
import type { HistoryContacts } from './history-contacts.ts'
import { contentOf, isOfNoInterest, nameOf, type Reader } from './received-stanza.ts'
import { Locks } from '../signal/locks.ts'

/** The limits of one piece. A piece is stored in one record beside others, so it stays far below the limit of a commit. */
const MESSAGES_AT_ONCE = 50
const BYTES_AT_ONCE = 1024 * 1024

/** A message as the phone stores it. This file ignores `userReceipt` and the like. */
type Stored = proto.IWebMessageInfo

/** The lock that lets the whole process read one history file at a time, since a file may be large. */
const READING = new Locks()

/** Reads the inbox rows in which our own phone tells of messages and contacts. */
export class PhoneReader implements HistoryReader {
  readonly #reader: Reader
  readonly #learn: (learned: HistoryContacts) => Promise<void>

  constructor(options: { reader: Reader; learn: (learned: HistoryContacts) => Promise<void> }) {
    this.#reader = options.reader
    this.#learn = options.learn
  }

  async *read(plain: Buffer): AsyncIterable<HistoryPiece> {
    const protocol = proto.Message.decode(unpadRandomMax16(plain)).protocolMessage
    if (protocol?.historySyncNotification) yield* this.#history(protocol.historySyncNotification)
    if (protocol?.lidMigrationMappingSyncMessage) yield this.#names(protocol.lidMigrationMappingSyncMessage)
    const results = protocol?.peerDataOperationRequestResponseMessage?.peerDataOperationResult ?? []
    const again = results.flatMap(({ placeholderMessageResendResponse: response }) =>
      response?.webMessageInfoBytes ? [proto.WebMessageInfo.decode(response.webMessageInfoBytes)] : [],
    )
    if (again.length > 0) yield this.#piece(again, NOTHING, false)
  }

  async *#history(notification: proto.Message.IHistorySyncNotification): AsyncIterable<HistoryPiece> {
    const release = await READING.acquire('history')
    try {
      for (const part of partsOf(await historyFile(notification))) {
        const { messages, contacts, lidPnMappings, chats } = processHistoryMessage(part)
        yield this.#piece([], { lids: lidPnMappings, contacts, tokens: chats }, true)
        messages.sort((a, b) => Number(a.messageTimestamp ?? 0) - Number(b.messageTimestamp ?? 0))
        for (const some of inPieces(messages)) yield this.#piece(some, NOTHING, true)
      }
    } finally {
      release()
    }
  }

  #names({ encodedMappingPayload }: proto.ILIDMigrationMappingSyncMessage): HistoryPiece {
    const { pnToLidMappings } = proto.LIDMigrationMappingSyncPayload.decode(encodedMappingPayload ?? new Uint8Array())
    const lids = pnToLidMappings.map(({ pn, latestLid, assignedLid }) => ({
      pn: `${String(pn)}@s.whatsapp.net`,
      lid: `${String(latestLid || assignedLid)}@lid`,
    }))
    return this.#piece([], { ...NOTHING, lids }, false)
  }

  #piece(stored: readonly Stored[], learned: HistoryContacts, fromHistory: boolean): HistoryPiece {
    const describe = (one: Stored) => describeStored(one, this.#reader)
    return {
      get messages() {
        return stored.flatMap((one) => describe(one) ?? [])
      },
      fromHistory,
      learn: () => (learned === NOTHING ? Promise.resolve() : this.#learn(learned)),
    }
  }
}

const NOTHING: HistoryContacts = { lids: [], contacts: [], tokens: [] }

function* inPieces(stored: readonly Stored[]): Generator<Stored[]> {
  let piece: Stored[] = []
  let bytes = 0
  for (const one of stored) {
    piece.push(one)
    bytes += proto.WebMessageInfo.encode(one).finish().length
    if (piece.length < MESSAGES_AT_ONCE && bytes < BYTES_AT_ONCE) continue
    yield piece
    piece = []
    bytes = 0
  }
  if (piece.length > 0) yield piece
}

/** Describes a stored message. Null when it contains nothing that a person sees. */
function describeStored(
  { key, message, messageTimestamp, participant: author, pushName }: Stored,
  reader: Reader,
): ReceivedMessage | null {
  const { remoteJid, id, fromMe } = key ?? {}
  const content = message ? contentOf(message) : null
  if (!remoteJid || !id || !content || isOfNoInterest(remoteJid)) return null
  const isGroup = remoteJid.endsWith('@g.us')
  const chat = nameOf(reader.names, remoteJid)
  const writer = isGroup ? participantOf(key?.participant ?? author, fromMe === true, reader) : null
  const hasAlias = chat.other !== null || (writer !== null && writer.other !== null)
  const participant = writer ? (writer.other ?? writer.name) : null
  return {
    messageId: id,
    chat: chat.name,
    participant: writer?.name ?? null,
    fromMe: fromMe === true,
    ...(hasAlias ? { alias: { chat: chat.other ?? chat.name, participant } } : {}),
    pushName: pushName ?? null,
    sentAtMs: Number(messageTimestamp ?? 0) * 1000,
    ...content,
  }
}

/** The author of a group message. The phone does not always name the author of our own messages. */
function participantOf(jid: string | null | undefined, fromMe: boolean, { me, names }: Reader) {
  const writer = jid ?? (fromMe ? me.id : undefined)
  return writer && jidDecode(writer) ? nameOf(names, jidNormalizedUser(writer)) : null
}
