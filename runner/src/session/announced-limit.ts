import type { Logger } from '@holdfast/core/platform/logging'
import type { AnnouncedLimit } from '../whatsapp/port.ts'
import type { Engine } from './engine.ts'

/** Records what WhatsApp announced about the account, so that the next owner knows it too. Logs news only. */
export function noteLimit(engine: Pick<Engine, 'pacer' | 'state' | 'outbox'>, limit: AnnouncedLimit, logger: Logger): void {
  const { pacer, state, outbox } = engine
  const change = pacer.announced(limit)
  if (!change) return
  const until = limit.untilMs === null ? null : new Date(limit.untilMs)
  logger.warn({ limit: limit.kind, until }, 'WhatsApp announced a limit of new chats, or its end.')
  state.change({ keys: change.keys }, { events: change.events })
  outbox.reconsider()
}
