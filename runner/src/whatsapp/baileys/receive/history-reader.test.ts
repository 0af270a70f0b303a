import { createHash } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { proto, writeRandomPadMax16 } from '@whiskeysockets/baileys'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { HistoryPiece } from '../../history.ts'
import { changesOf, usersOf, type HistoryContacts } from './history-contacts.ts'
import { mappingChanges } from '../signal/lid-moves.ts'
import { PhoneReader } from './history-reader.ts'
import { DeviceUnderTest, OURS } from '../testing/device-under-test.ts'

const ANA = '5511900000002@s.whatsapp.net'
const ANA_LID = '200000000000002@lid'
const GROUP = '120363000000000001@g.us'

let device: DeviceUnderTest
let reader: PhoneReader

beforeEach(() => {
  device = new DeviceUnderTest()
  const learn = async (learned: HistoryContacts): Promise<void> => {
    device.image.apply({ keys: mappingChanges(device.image, learned.lids.flatMap(usersOf), null) })
    device.image.apply({ keys: changesOf(learned, device.image, device.reader) })
  }
  reader = new PhoneReader({ reader: device.reader, learn, clock: systemClock })
})

const { HistorySyncType } = proto.HistorySync
const { Type } = proto.Message.ProtocolMessage

const row = (protocolMessage: proto.Message.IProtocolMessage): Buffer =>
  Buffer.from(writeRandomPadMax16(proto.Message.encode({ protocolMessage }).finish()))

const historyRow = (content: proto.IHistorySync): Buffer => {
  const packed = deflateSync(proto.HistorySync.encode(content).finish())
  return row({ type: Type.HISTORY_SYNC_NOTIFICATION, historySyncNotification: { initialHistBootstrapInlinePayload: packed } })
}

/** Reads all pieces of a row, learns the contacts of each, and returns all messages. */
async function readAll(plain: Buffer): Promise<HistoryPiece['messages'][number][]> {
  const all = []
  for await (const piece of reader.read(plain)) {
    await piece.learn()
    all.push(...piece.messages)
  }
  return all
}

const text = (id: string, chat: string, more: Partial<proto.IWebMessageInfo> = {}, key: Partial<proto.IMessageKey> = {}) => ({
  message: {
    key: { remoteJid: chat, id, fromMe: false, ...key },
    message: { conversation: `text of ${id}` },
    messageTimestamp: 1_600_000_000,
    ...more,
  },
})

const conversation = (id: string, messages: proto.IHistorySyncMsg[], more: Partial<proto.IConversation> = {}) => ({
  id,
  messages,
  ...more,
})

describe('the history of the phone', () => {
  test('is read as messages, each chat in the order of time', async () => {
    const later = text('M2', ANA, { messageTimestamp: 1_600_000_001 })
    const own = text('M3', ANA, { messageTimestamp: 1_600_000_002 }, { fromMe: true })
    const messages = await readAll(
      historyRow({ syncType: HistorySyncType.RECENT, conversations: [conversation(ANA, [own, later, text('M1', ANA)])] }),
    )
    expect(messages).toMatchObject([
      { messageId: 'M1', chat: ANA, participant: null, fromMe: false, text: 'text of M1', sentAtMs: 1_600_000_000_000 },
      { messageId: 'M2' },
      { messageId: 'M3', fromMe: true },
    ])
  })

  test('brings the reactions, votes and answers that the phone keeps with a message, and shows an edited one as it is now', async () => {
    const poll = { pollCreationMessageV3: { name: 'When?', options: [{ optionName: 'Now' }, { optionName: 'Later' }] } }
    const chosen = createHash('sha256').update('Later').digest()
    const asked = text('P1', GROUP, {
      message: poll,
      reactions: [{ key: { id: 'R1', fromMe: true }, text: '❤️', senderTimestampMs: 1_600_000_005_000 }],
      pollUpdates: [
        {
          pollUpdateMessageKey: { id: 'V1', participant: ANA },
          vote: { selectedOptions: [chosen] },
          senderTimestampMs: 1_600_000_006_000,
        },
      ],
    })
    asked.message.key = { ...asked.message.key, participant: ANA }
    const edit = { type: Type.MESSAGE_EDIT, key: { id: 'M1', fromMe: false }, editedMessage: { conversation: 'Better' } }
    const edited = text('M1', ANA, { message: { editedMessage: { message: { protocolMessage: edit } } } })
    const conversations = [conversation(GROUP, [asked]), conversation(ANA, [edited])]
    const messages = await readAll(historyRow({ syncType: HistorySyncType.RECENT, conversations }))
    const target = { messageId: 'P1', chat: GROUP, participant: ANA, fromMe: false }
    expect(messages).toMatchObject([
      { messageId: 'P1', type: 'poll' },
      {
        messageId: 'R1',
        text: '❤️',
        sentAtMs: 1_600_000_005_000,
        changes: { kind: 'reaction', target, by: `${OURS}@s.whatsapp.net` },
      },
      { messageId: 'V1', facts: { vote: ['Later'] }, changes: { kind: 'vote', target, by: ANA } },
      { messageId: 'M1', type: 'text', text: 'Better' },
    ])
  })

  test('tells the timers of chats that have one, or have switched it off', async () => {
    const [on, off] = [
      { ephemeralExpiration: 86_400, ephemeralSettingTimestamp: 1_600_000_000 },
      { ephemeralSettingTimestamp: 1_600_000_001 },
    ]
    const conversations = [conversation(ANA, [text('M1', ANA)], on), conversation(GROUP, [], off), conversation(ANA_LID, [])]
    const chats = []
    for await (const piece of reader.read(historyRow({ syncType: HistorySyncType.RECENT, conversations })))
      chats.push(...(piece.chats ?? []))
    expect(chats).toEqual([
      { id: ANA, timer: { seconds: 86_400, atMs: 1_600_000_000_000 } },
      { id: GROUP, timer: { seconds: 0, atMs: 1_600_000_001_000 } },
    ])
  })

  test('tells what was unread, archived and pinned in its first part, and in no later one', async () => {
    const at = { conversationTimestamp: 1_600_000_000 }
    const conversations = [
      conversation(ANA, [text('M1', ANA)], { ...at, unreadCount: 3 }),
      conversation(GROUP, [], { ...at, unreadCount: 0, markedAsUnread: true }),
      conversation(ANA_LID, [], { ...at, unreadCount: 0 }),
      conversation('5511900000003@s.whatsapp.net', [], at),
      conversation('5511900000004@s.whatsapp.net', [], { unreadCount: 1 }),
      conversation('5511900000005@s.whatsapp.net', [], { ...at, archived: true }),
      conversation('5511900000006@s.whatsapp.net', [], { ...at, archived: false, pinned: 1_500_000_000 }),
    ]
    const told = async (syncType: proto.HistorySync.HistorySyncType): Promise<unknown[]> => {
      const chats: unknown[] = []
      for await (const piece of reader.read(historyRow({ syncType, conversations }))) chats.push(...(piece.chats ?? []))
      return chats
    }
    const atMs = 1_600_000_000_000
    expect(await told(HistorySyncType.INITIAL_BOOTSTRAP)).toEqual([
      { id: ANA, unreadThen: { count: 3, atMs } },
      { id: GROUP, unreadThen: { count: 1, atMs } },
      { id: ANA_LID, unreadThen: { count: 0, atMs } },
      { id: '5511900000005@s.whatsapp.net', placeThen: { archived: true, pinned: false, atMs } },
      { id: '5511900000006@s.whatsapp.net', placeThen: { archived: false, pinned: true, atMs } },
    ])
    expect(await told(HistorySyncType.RECENT)).toEqual([])
  })

  test('names contacts by their phone numbers, even when only this file maps their LIDs', async () => {
    const messages = await readAll(
      historyRow({
        syncType: HistorySyncType.INITIAL_BOOTSTRAP,
        conversations: [
          conversation(ANA_LID, [text('M1', ANA_LID)], { pnJid: ANA }),
          conversation(GROUP, [text('M2', GROUP, {}, { participant: ANA_LID }), text('M3', GROUP, {}, { fromMe: true })]),
        ],
      }),
    )
    expect(messages).toMatchObject([
      { chat: ANA, alias: { chat: ANA_LID } },
      { chat: GROUP, participant: ANA },
      { chat: GROUP, participant: `${OURS}@s.whatsapp.net`, fromMe: true },
    ])
    expect(device.names.lidOf(ANA)).toBe(ANA_LID)
  })

  test('leaves out messages that no person sees: protocol, empty ones, status posts, ones without a key', async () => {
    const protocol = text('M1', ANA, { message: { protocolMessage: { type: Type.REVOKE } } })
    const empty = text('M2', ANA, { message: null })
    const status = text('M3', 'status@broadcast', {}, { participant: ANA })
    const keyless = { message: { key: null, message: { conversation: 'whose?' } } } as unknown as proto.IHistorySyncMsg
    const conversations = [
      conversation(ANA, [protocol, empty, keyless, text('M4', ANA)]),
      conversation('status@broadcast', [status]),
    ]
    const messages = await readAll(historyRow({ syncType: HistorySyncType.RECENT, conversations }))
    expect(messages.map(({ messageId }) => messageId)).toEqual(['M4'])
  })

  test('brings the names of contacts and the newer one of their tokens', async () => {
    const token = (bytes: string, timestamp: number) => ({ tcToken: Buffer.from(bytes), tcTokenTimestamp: timestamp })
    await readAll(historyRow({ syncType: HistorySyncType.PUSH_NAME, pushnames: [{ id: ANA, pushname: 'Ana' }] }))
    for (const [bytes, timestamp] of [
      ['new', 20],
      ['old', 10],
    ] as const) {
      const chat = conversation(ANA, [], { lidJid: ANA_LID, ...token(bytes, timestamp) })
      await readAll(historyRow({ syncType: HistorySyncType.RECENT, conversations: [chat] }))
    }
    expect(JSON.parse(device.image.get('contact', ANA) ?? '{}')).toEqual({ notify: 'Ana' })
    const stored = (await device.keyStore.store.get('tctoken', [ANA_LID, '__index'])) as Record<string, { token: Uint8Array }>
    expect(Buffer.from(stored[ANA_LID]?.token ?? []).toString()).toBe('new')
    expect(JSON.parse(Buffer.from(stored['__index']?.token ?? []).toString())).toEqual([ANA_LID])
  })

  test('comes in pieces that fit into a commit beside others', async () => {
    const many = Array.from({ length: 120 }, (_, index) => text(`M${index}`, ANA))
    const large = Array.from({ length: 4 }, (_, index) =>
      text(`L${index}`, ANA, { message: { conversation: 'x'.repeat(600_000) }, messageTimestamp: 1_600_000_001 }),
    )
    const sizes: number[] = []
    const conversations = [conversation(ANA, [...many, ...large])]
    for await (const { messages } of reader.read(historyRow({ syncType: HistorySyncType.RECENT, conversations }))) {
      if (messages.length > 0) sizes.push(messages.length)
    }
    expect(sizes).toEqual([50, 50, 22, 2])
  })
})

test('messages that the phone sends again are read as new ones and not as history', async () => {
  const webMessageInfoBytes = proto.WebMessageInfo.encode(text('M1', ANA).message).finish()
  const result = { placeholderMessageResendResponse: { webMessageInfoBytes } }
  const response = { peerDataOperationResult: [result, {}] }
  const plain = row({
    type: Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE,
    peerDataOperationRequestResponseMessage: response,
  })
  const pieces = []
  for await (const piece of reader.read(plain)) pieces.push(piece)
  expect(pieces).toMatchObject([{ fromHistory: false, messages: [{ messageId: 'M1', chat: ANA }] }])
})

test('the LIDs that the phone hands over are stored', async () => {
  const mapping = { pn: 5511900000002, assignedLid: 200000000000002 }
  const encodedMappingPayload = proto.LIDMigrationMappingSyncPayload.encode({ pnToLidMappings: [mapping] }).finish()
  await readAll(row({ type: Type.LID_MIGRATION_MAPPING_SYNC, lidMigrationMappingSyncMessage: { encodedMappingPayload } }))
  expect(device.names.phoneOf(ANA_LID)).toBe(ANA)
})

test('history files are read one at a time in the whole process', async () => {
  const plain = historyRow({ syncType: HistorySyncType.RECENT, conversations: [conversation(ANA, [text('M1', ANA)])] })
  const first = reader.read(plain)[Symbol.asyncIterator]()
  await first.next()
  const second = reader.read(plain)[Symbol.asyncIterator]()
  let isReading = false
  const begun = second.next().then(() => (isReading = true))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(isReading).toBe(false)
  await first.return?.()
  await begun
  await second.return?.()
})

test('a session that hangs over its history keeps the turn from another one for two minutes at most', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const file = historyRow({ syncType: HistorySyncType.RECENT, conversations: [conversation(ANA, [text('A', ANA)])] })
  const hanging = reader.read(file)[Symbol.asyncIterator]()
  await hanging.next()
  let hasRead = false
  const other = readAll(file).then((messages) => {
    hasRead = true
    return messages
  })
  await vi.advanceTimersByTimeAsync(119_999)
  expect(hasRead).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  vi.useRealTimers()
  expect((await other).map(({ messageId }) => messageId)).toEqual(['A'])
  await hanging.return?.()
})
