import { isLidUser, isPnUser, type SignalDataTypeMap } from '@whiskeysockets/baileys'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { decodeValue } from '../signal/codec.ts'
import type { LidMap } from '../signal/lid-map.ts'

/** WhatsApp lets a token expire with the fourth week after its own, counted in whole weeks since 1970. */
const WEEK_SECONDS = 7 * 24 * 60 * 60
const WEEKS = 4

/**
 * Whether WhatsApp takes a message to the chat for the beginning of a new one: it is a chat with one person, and the state has no
 * valid token of that person. A contact gives its token to an account that it knows, and the message has to carry it; without it
 * the server refuses the message (463) while the account may not reach out.
 */
export function isNewChat(image: StateImage, names: LidMap, chat: string, nowMs: number): boolean {
  if (!isPnUser(chat) && !isLidUser(chat)) return false
  // Baileys keeps the token under the LID, and under the phone number while no LID is known.
  return !isValid(image.get('tctoken', names.lidOf(chat) ?? chat), nowMs)
}

function isValid(encoded: string | undefined, nowMs: number): boolean {
  if (encoded === undefined) return false
  const { token, timestamp } = decodeValue('tctoken', encoded) as SignalDataTypeMap['tctoken']
  const firstWeek = Math.floor(nowMs / 1000 / WEEK_SECONDS) - (WEEKS - 1)
  return token.length > 0 && Number(timestamp ?? 0) >= firstWeek * WEEK_SECONDS
}
