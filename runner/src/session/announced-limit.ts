import type { Logger } from '@holdfast/core/platform/logging'
import type { AnnouncedLimit } from '../whatsapp/port.ts'
import type { Engine } from './engine.ts'

/** Records what WhatsApp announced about the account, so that the next owner knows it too. Logs news only. */
export function noteLimit({ pacer, state }: Pick<Engine, 'pacer' | 'state'>, limit: AnnouncedLimit, logger: Logger): void {
  const change = pacer.announced(limit)
  if (!change) return
  const until = limit.untilMs === null ? null : new Date(limit.untilMs)
  logger.warn({ limit: limit.kind, until }, 'WhatsApp announced a limit of new chats, or its end.')
  state.change({ keys: change.keys }, { events: change.events })
}
