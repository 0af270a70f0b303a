import type { AcceptedMessage } from '@holdfast/client/types'
import type { Chat, EngineWorld } from './engine-world.ts'

/** Sends a text to a group, once for each text. */
export const queueForGroup = (world: EngineWorld, chat: Chat, group: string, text: string): Promise<AcceptedMessage> =>
  world.api.sendText({ session: chat.name, chatId: group, text, idempotencyKey: `${group} ${text}` })
