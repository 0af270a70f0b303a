import type { StateImage } from '@holdfast/core/journal/state-image'
import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { MessageSecret } from '@holdfast/core/journal/state-values'
import { receivedMessageIdOf } from '@holdfast/core/session/ids'
import type { MessageAddress } from '../../received-message.ts'

/** Returns the secret that the inbox or the outbox kept of a message, under any name of its author. */
export function secretOf(image: StateImage, { chat, participant, messageId, alias }: MessageAddress): MessageSecret | null {
  for (const name of alias ? [{ chat, participant }, alias] : [{ chat, participant }]) {
    const encoded = image.get('message-secret', receivedMessageIdOf(name.chat, name.participant ?? '', messageId))
    if (encoded !== undefined) return STATE_KINDS['message-secret'].codec.decode(encoded)
  }
  return null
}
