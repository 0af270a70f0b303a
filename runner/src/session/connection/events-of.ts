import type { Logger } from '@holdfast/core/platform/logging'
import type { Disconnect } from '@holdfast/core/session/disconnect-policy'
import type { ConnectionEvents } from '../../whatsapp/port.ts'
import { noteLimit } from '../announced-limit.ts'
import type { Engine } from '../engine.ts'
import type { ConnectionWatch } from './connection-watch.ts'

/** What the events of a connection lead to, beside the parts of the engine. */
interface Targets {
  readonly watch: ConnectionWatch
  readonly logger: Logger
  /** A frame of any kind arrived. */
  answered(): void
  showQr(qr: string, lifeMs: number): void
  opened(): void
  accountChanged(): void
  lose(disconnect: Disconnect): void
}

/** Leads the events of one connection to the parts of a session. */
export const eventsOf = (engine: Engine, { watch, logger, ...keeper }: Targets): ConnectionEvents => ({
  onQr: (qr, lifeMs) => keeper.showQr(qr, lifeMs),
  onLogin: (serverMs = null) => {
    watch.loggedIn(serverMs, !engine.memory.everLoggedIn)
    engine.memory.rememberLogin()
  },
  onOpen: () => keeper.opened(),
  onAccount: () => keeper.accountChanged(),
  onMessageSent: (messageId, chat) => {
    watch.sent(messageId, chat)
    engine.directory.sent(chat)
  },
  onMessageAck: (messageId, error) => {
    watch.acked(messageId)
    if (!engine.outbox.acknowledged(messageId, error)) engine.resending.acknowledged(messageId, error)
  },
  onDevicesMissed: (messageId) => {
    watch.acked(messageId)
    if (!engine.outbox.missedDevices(messageId)) engine.resending.acknowledged(messageId, null)
  },
  onAskedAgain: (asked) => engine.resending.asked(asked),
  onReceipt: (messageIds, type, device) => {
    for (const messageId of messageIds) {
      // A receipt proves that WhatsApp has the message, so it stands in for a lost ack.
      engine.outbox.acknowledged(messageId, null)
      engine.receipts.receipt(messageId, type)
      engine.resending.received(messageId, device)
    }
  },
  onHappening: (happening) => {
    if ('group' in happening) engine.groups.changed(happening.group)
    engine.happened(happening)
  },
  onAnnouncedLimit: (limit) => noteLimit(engine, limit, logger),
  onProofOfLife: () => {
    keeper.answered()
    watch.answered()
  },
  onHeard: (heard) => watch.heard(heard),
  onBacklog: (backlog) => watch.backlog(backlog),
  onDirectory: (news) => engine.directory.hear(news),
  whenDirectoryHeard: () => engine.directory.whenHeard(),
  onClose: (code, details) => keeper.lose({ code, ...details }),
})
