import type { Agent } from 'node:https'
import { processHistoryMessage, proto, unpadRandomMax16 } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import type { HistoryPiece, HistoryReader } from '../../history.ts'
import type { ReceivedMessage } from '../../received-message.ts'
import { chatsOfHistory } from './directory-events.ts'
import { historyFile, partsOf } from './history-file.ts'
import type { HistoryContacts } from './history-contacts.ts'
import { changesOfStored, withoutOwnEdit } from './history-changes.ts'
import { readMessage } from './message-reader.ts'
import { addressInHistory } from './history-address.ts'
import type { Reader } from './reader.ts'
import { Locks } from '../signal/locks.ts'

/** The limits of one piece. A piece is stored in one record beside others, so it stays far below the limit of a commit. */
const MESSAGES_AT_ONCE = 50
const BYTES_AT_ONCE = 1024 * 1024

/** How long one session may keep the turn: a download takes a minute at most. */
const TURN_MS = 120_000

/** A message as the phone stores it. This file ignores `userReceipt` and the like. */
type Stored = proto.IWebMessageInfo

/** The lock that lets the whole process read one history file at a time, since a file may be large. */
const READING = new Locks()

/** Reads the inbox rows in which our own phone tells of messages and contacts. */
export class PhoneReader implements HistoryReader {
  readonly #reader: Reader
  readonly #clock: Clock
  readonly #agent: () => Agent | null
  readonly #learn: (learned: HistoryContacts) => Promise<void>

  constructor(options: {
    reader: Reader
    learn: (learned: HistoryContacts) => Promise<void>
    clock: Clock
    agent?: () => Agent | null
  }) {
    this.#reader = options.reader
    this.#clock = options.clock
    this.#agent = options.agent ?? (() => null)
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
    // A session that hangs over its file does not keep the others from theirs.
    const cancel = this.#clock.after(TURN_MS, release, 'history-sync')
    try {
      for (const part of partsOf(await historyFile(notification, this.#agent()))) {
        const { messages, contacts, lidPnMappings, chats } = processHistoryMessage(part)
        const told = chatsOfHistory(chats, part.syncType === proto.HistorySync.HistorySyncType.INITIAL_BOOTSTRAP)
        yield { ...this.#piece([], { lids: lidPnMappings, contacts, tokens: chats }, true), chats: told }
        messages.sort((a, b) => Number(a.messageTimestamp ?? 0) - Number(b.messageTimestamp ?? 0))
        for (const some of inPieces(messages)) {
          yield this.#piece(some, NOTHING, true)
          yield* this.#changes(some)
        }
      }
    } finally {
      cancel()
      release()
    }
  }

  /** What people have done with stored messages: the phone keeps it in these. */
  *#changes(stored: readonly Stored[]): Generator<HistoryPiece> {
    const changes = stored.flatMap((one) => changesOfStored(one, this.#reader))
    for (let at = 0; at < changes.length; at += MESSAGES_AT_ONCE) {
      yield { messages: changes.slice(at, at + MESSAGES_AT_ONCE), fromHistory: true, learn: () => Promise.resolve() }
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
  const where = addressInHistory(key, author, reader)
  if (!where || !message) return null
  const id = where.messageId
  const content = readMessage(withoutOwnEdit(message, id), { where, reader, isByAdmin: false })
  return content && { ...where, pushName: pushName ?? null, sentAtMs: Number(messageTimestamp ?? 0) * 1000, ...content }
}
