import type { ReceivedContent } from '@holdfast/core/message/content'
import type { ChatTimer } from '@holdfast/core/message/directory-document'
import { timerIn } from '@holdfast/core/message/disappearing'
import { isPseudonym } from '@holdfast/core/message/message-names'
import { pushNameOf } from '@holdfast/core/message/push-name'
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
  const { chat, participant, fromMe, pushName, sentAt, fromHistory, type } = fields
  if (typeof chat !== 'string' || !(sentAt instanceof Date)) return null
  const content = storedContent(cipher, id, fields['content'])
  const stored = { messageId: '', chat, participant: typeof participant === 'string' ? participant : null }
  const names = content?.names ?? stored
  const noted = {
    chat: names.chat,
    participant: names.participant,
    fromMe: fromMe === true,
    sentAtMs: sentAt.getTime(),
    fromHistory: fromHistory === true,
  }
  // A message of an earlier version that was changed since: it is in the list already.
  if (isPseudonym(names.chat)) return null
  if (!content) return { ...noted, pushName: null, timer: null }
  const clear = { pushName: typeof pushName === 'string' ? pushName : null }
  const timer = typeof type === 'string' ? timerIn({ type, facts: content.facts, ...noted }) : null
  return { ...noted, pushName: pushNameOf(clear, content), timer }
}

/** Null also when the message is damaged: another one will tell. */
function storedContent(cipher: SessionCipher, id: string, content: unknown): ReceivedContent | null {
  if (!(content instanceof Uint8Array)) return null
  try {
    return openReceivedContent(cipher, id, { content })
  } catch (error) {
    if (isDamage(error)) return null
    throw error
  }
}
