// The phone sends a new companion its past, and more of it on request.
import { deflateSync } from 'node:zlib'
import { proto } from '@whiskeysockets/baileys'
import { chunkBefore, chunksOf, syncTypeName } from './history-chunks.ts'
import type { HistoryChunk } from './history-chunks.ts'
import type { LinkedDevice } from '../linked-device.ts'
import type { Services } from '../services.ts'
import type { Account } from '../account.ts'
import type { PeerMessages } from './peer-messages.ts'

const { HISTORY_SYNC_NOTIFICATION: TYPE } = proto.Message.ProtocolMessage.Type

type OnDemandRequest = proto.Message.PeerDataOperationRequestMessage.IHistorySyncOnDemandRequest

export class PhoneHistory {
  readonly #services: Services
  readonly #messages: PeerMessages

  constructor(services: Services, messages: PeerMessages) {
    this.#services = services
    this.#messages = messages
  }

  /** Resolves when all of it is queued for the companion. */
  async tell(account: Account, device: LinkedDevice): Promise<void> {
    const { past } = account
    if (!past) return
    const { requireFullSync, inlineInitialPayload } = device.syncWish
    for (const chunk of chunksOf(past, requireFullSync)) {
      const { INITIAL_BOOTSTRAP } = proto.HistorySync.HistorySyncType
      const isInline = past.inline && inlineInitialPayload && chunk.syncType === INITIAL_BOOTSTRAP
      await this.#notify(account, device, chunk, isInline ? inlined(chunk) : this.#uploaded(account, chunk))
    }
  }

  /** `requestId` is the id of the request's message; the answer names it. */
  async answer(account: Account, device: LinkedDevice, requestId: string, request: OnDemandRequest): Promise<void> {
    if (!account.past) return
    const asked = {
      chat: request.chatJid ?? '',
      id: request.oldestMsgId ?? '',
      count: request.onDemandMsgCount ?? 0,
    }
    const chunk = chunkBefore(account.past, asked)
    const content = { ...this.#uploaded(account, chunk), peerDataRequestSessionId: requestId }
    await this.#notify(account, device, chunk, content)
  }

  async #notify(
    account: Account,
    device: LinkedDevice,
    chunk: HistoryChunk,
    content: proto.Message.IHistorySyncNotification,
  ): Promise<void> {
    const { syncType, chunkOrder, progress } = chunk
    const oldest = chunk.messages.at(-1)?.timestamp
    const notification = {
      syncType: syncType as number,
      chunkOrder,
      ...(progress === undefined ? {} : { progress }),
      ...(oldest === undefined ? {} : { oldestMsgInChunkTimestampSec: oldest }),
      ...content,
    }
    await this.#messages.send(
      account,
      device,
      { type: TYPE, historySyncNotification: notification },
      {
        kind: 'HISTORY_SYNC_NOTIFICATION',
        syncType: syncTypeName(syncType),
        chunkOrder,
        progress,
        ...(content.directPath ? { file: content.directPath } : {}),
      },
    )
  }

  #uploaded(account: Account, chunk: HistoryChunk): proto.Message.IHistorySyncNotification {
    return this.#services.media.put(account.phone, compressed(chunk), 'history')
  }
}

const compressed = ({ content }: HistoryChunk): Buffer => deflateSync(proto.HistorySync.encode(content).finish())

const inlined = (chunk: HistoryChunk): proto.Message.IHistorySyncNotification => ({
  initialHistBootstrapInlinePayload: compressed(chunk),
})
