import { deflateSync } from 'node:zlib'
import { proto } from '@whiskeysockets/baileys'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { HistoryLost } from '../../history.ts'
import { historyFile, partsOf } from './history-file.ts'
import { patchMediaDownloads } from '../patches/media-downloads.ts'
import { MediaHost } from '../testing/media-host.ts'

const { HistorySyncType } = proto.HistorySync

const CONTENT = proto.HistorySync.encode({
  syncType: HistorySyncType.RECENT,
  chunkOrder: 3,
  progress: 40,
  conversations: Array.from({ length: 3 }, (_, index) => ({ id: `551190000000${index}@s.whatsapp.net`, messages: [] })),
  pushnames: [{ id: '5511900000001@s.whatsapp.net', pushname: 'Ana' }],
  phoneNumberToLidMappings: [{ pnJid: '5511900000001@s.whatsapp.net', lidJid: '200000000000001@lid' }],
}).finish()

let host: MediaHost

beforeEach(async () => {
  host = await MediaHost.start()
  patchMediaDownloads(systemClock)
})

afterEach(() => host[Symbol.asyncDispose]())

const lost = async (notification: proto.Message.IHistorySyncNotification): Promise<string> => {
  const error: unknown = await historyFile(notification).catch((reason: unknown) => reason)
  if (error instanceof HistoryLost) return error.reason
  return error instanceof Error ? 'failed' : 'read'
}

describe('a history file', () => {
  test('is downloaded, decrypted and inflated', async () => {
    const notification = await host.put('/history.enc', deflateSync(CONTENT))
    expect((await historyFile(notification)).equals(Buffer.from(CONTENT))).toBe(true)
  })

  test('may be part of the notification', async () => {
    const file = await historyFile({ initialHistBootstrapInlinePayload: deflateSync(CONTENT) })
    expect(file.equals(Buffer.from(CONTENT))).toBe(true)
  })

  test.each([404, 410])('is gone for good when the host answers %i', async (status) => {
    const notification = await host.put('/history.enc', deflateSync(CONTENT))
    host.answer('/history.enc', (response) => response.writeHead(status).end())
    expect(await lost(notification)).toBe('gone')
  })

  test.each([403, 429, 500, 503])('can be tried again when the host answers %i', async (status) => {
    const notification = await host.put('/history.enc', deflateSync(CONTENT))
    host.answer('/history.enc', (response) => response.writeHead(status).end())
    expect(await lost(notification)).toBe('failed')
  })

  test('fails, and does not end the process, when its download breaks in the middle', async () => {
    const { bytes, ...notification } = await host.put('/history.enc', deflateSync(CONTENT))
    host.answer('/history.enc', (response) => {
      response.writeHead(200, { 'content-length': bytes.length })
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy())
    })
    expect(await lost(notification)).toBe('failed')
  })

  test('is rejected when a bit was changed on the way', async () => {
    const { bytes, ...notification } = await host.put('/history.enc', deflateSync(CONTENT))
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
    expect(['damaged', 'failed']).toContain(await lost(notification))
  })

  test('is damaged when it is not the file that the phone announced', async () => {
    const notification = await host.put('/history.enc', deflateSync(CONTENT))
    expect(await lost({ ...notification, fileSha256: Buffer.alloc(32) })).toBe('damaged')
  })

  test('is damaged when its notification has a path but no key', async () => {
    expect(await lost({ directPath: '/history.enc' })).toBe('damaged')
  })

  test('is rejected when it inflates beyond the limit', async () => {
    expect(await lost({ initialHistBootstrapInlinePayload: deflateSync(Buffer.alloc(129 * 1024 * 1024)) })).toBe('too-large')
  })
})

describe('a download', () => {
  test('from WhatsApp’s media host is aborted when it hangs', async () => {
    host.answer('/hangs.enc', (response) => response.writeHead(200, { 'content-length': 100 }).write('begun'))
    const impatient = {
      ...systemClock,
      after: (_: number, callback: () => void) => systemClock.after(50, callback, 'media-downloads'),
    }
    patchMediaDownloads(impatient)
    await expect(fetch('https://mmg.whatsapp.net/hangs.enc')).rejects.toThrow('took too long')
  })

  test('from another host is left as it is', async () => {
    const response = await fetch('data:text/plain,elsewhere')
    expect(await response.text()).toBe('elsewhere')
    expect(response.url).toBe('data:text/plain,elsewhere')
  })
})

describe('the parts of a history file', () => {
  test('are the file without its conversations, then each conversation', () => {
    const [head, ...conversations] = [...partsOf(Buffer.from(CONTENT))]
    expect(head).toMatchObject({ syncType: HistorySyncType.RECENT, chunkOrder: 3, progress: 40, conversations: [] })
    expect(head?.pushnames).toMatchObject([{ pushname: 'Ana' }])
    expect(head?.phoneNumberToLidMappings).toHaveLength(1)
    expect(conversations.map(({ syncType, conversations: [only] }) => [syncType, only?.id])).toEqual([
      [HistorySyncType.RECENT, '5511900000000@s.whatsapp.net'],
      [HistorySyncType.RECENT, '5511900000001@s.whatsapp.net'],
      [HistorySyncType.RECENT, '5511900000002@s.whatsapp.net'],
    ])
  })

  test('hold the same content as the file that Baileys decodes at once', () => {
    const whole = proto.HistorySync.decode(CONTENT)
    const [head, ...conversations] = [...partsOf(Buffer.from(CONTENT))]
    const together = head ?? new proto.HistorySync()
    together.conversations = conversations.flatMap((part) => part.conversations)
    expect(proto.HistorySync.encode(together).finish()).toEqual(proto.HistorySync.encode(whole).finish())
  })

  test.each(['cut off', 'of another kind'])('are damaged when the file is %s', (kind) => {
    const bytes = kind === 'cut off' ? Buffer.from(CONTENT).subarray(0, 50) : Buffer.from('no protobuf at all')
    expect(() => [...partsOf(bytes)]).toThrow(HistoryLost)
  })
})
