import type { ChatTimer } from '@holdfast/core/message/directory-document'
import { timerIn } from '@holdfast/core/message/disappearing'
import { openReceivedContent } from '@holdfast/core/message/sealed-content'
import { isDamage } from '@holdfast/core/platform/errors'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import type { SessionEvent } from '../events/session-event.ts'

/** What a message says about its chat. */
export interface Noted {
  readonly chat: string
  readonly participant: string | null
  readonly fromMe: boolean
  readonly pushName: string | null
  readonly sentAtMs: number
  readonly fromHistory: boolean
  /** What it tells of the timer of disappearing messages. */
  readonly timer: ChatTimer | null
}

/** The fields of a stored message that `notedIn` reads. */
export const NOTED_FIELDS = ['chat', 'participant', 'fromMe', 'pushName', 'sentAt', 'fromHistory', 'order', 'type', 'content']

/** What an event says about a chat; null for one that is of no message. */
export function notedOf(event: SessionEvent): Noted | null {
  if (event.type !== 'message.received') return null
  const { chat, participant, fromMe, pushName, sentAtMs } = event.message
  const { fromHistory } = event
  return { chat, participant, fromMe, pushName, sentAtMs, fromHistory, timer: timerIn({ ...event.message, fromHistory }) }
}

/** What a stored message says about its chat; null when it lacks that. */
export function notedIn(cipher: SessionCipher, { id, fields }: DocumentSnapshot): Noted | null {
  const { chat, participant, fromMe, pushName, sentAt, fromHistory } = fields
  if (typeof chat !== 'string' || !(sentAt instanceof Date)) return null
  const noted = {
    chat,
    participant: typeof participant === 'string' ? participant : null,
    fromMe: fromMe === true,
    pushName: typeof pushName === 'string' ? pushName : null,
    sentAtMs: sentAt.getTime(),
    fromHistory: fromHistory === true,
  }
  return { ...noted, timer: storedTimer(cipher, { id, fields }, noted) }
}

/** Null also when the message is damaged: another one will tell. */
function storedTimer(
  cipher: SessionCipher,
  { id, fields: { type, content } }: Pick<DocumentSnapshot, 'id' | 'fields'>,
  noted: Pick<Noted, 'chat' | 'sentAtMs' | 'fromHistory'>,
): ChatTimer | null {
  if (typeof type !== 'string' || !(content instanceof Uint8Array)) return null
  try {
    const { facts } = openReceivedContent(cipher, id, { content })
    return timerIn({ type, facts, ...noted })
  } catch (error) {
    if (isDamage(error)) return null
    throw error
  }
}
