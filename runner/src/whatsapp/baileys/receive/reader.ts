import { jidNormalizedUser } from '@whiskeysockets/baileys'
import type { MessageSecret } from '@holdfast/core/journal/state-values'
import type { MessageAddress, ReceivedMessage } from '../../received-message.ts'
import type { LidMap } from '../signal/lid-map.ts'

/** The account that reads a stanza, and what it knows. */
export interface Reader {
  readonly me: { readonly id: string; readonly lid?: string | undefined }
  readonly names: LidMap
  readonly now: () => number
  /** The secret of a poll or an event that was received or sent before. Null when it is not known. */
  readonly secretOf: (message: MessageAddress) => MessageSecret | null
}

/** Where a message belongs, and whose it is. */
export type Address = Pick<ReceivedMessage, 'messageId' | 'chat' | 'participant' | 'fromMe' | 'alias'>

/** Returns one name per contact: the phone number, if the hint or the known names have it. `other` is the second name. */
export function nameOf(names: LidMap, jid: string, phoneHint?: string): { name: string; other: string | null } {
  const plain = jidNormalizedUser(jid)
  const hinted = phoneHint?.endsWith('@s.whatsapp.net') ? phoneHint : null
  const phone = plain.endsWith('@lid') ? (hinted ?? names.phoneOf(plain)) : null
  if (phone !== null) return { name: jidNormalizedUser(phone), other: plain }
  return { name: plain, other: names.lidOf(plain) }
}
