import {
  isHostedLidUser,
  isHostedPnUser,
  isLidUser,
  isPnUser,
  jidDecode,
  jidEncode,
  type WASocket,
} from '@whiskeysockets/baileys'
import type { LidMap } from '../signal/lid-map.ts'

/**
 * Baileys sends a message to whom it knows and can encrypt for, and leaves out the others without a word: a question of it that is
 * not answered in a minute, or is answered with less, is to it an answer that names nobody. The server would acknowledge what went
 * to our own phone alone. So the same questions are asked before, in the same order and with the same effect on what is kept:
 * where all is known already, nothing is asked.
 *
 * To be called in the transaction that the message is sent in, so that nothing is forgotten in between.
 *
 * @throws Error when no device of the chat is known, or one of the devices has no session. Nothing was sent then.
 */
export async function assertRecipients(
  socket: Pick<WASocket, 'getUSyncDevices' | 'assertSessions' | 'signalRepository'>,
  options: { chat: string; me: { id: string; lid?: string | undefined }; names: LidMap },
): Promise<void> {
  const { chat, me, names } = options
  if (!isPnUser(chat) && !isLidUser(chat)) return
  const devices = await socket.getUSyncDevices([ownNameFor(chat, me), chat], true, false)
  const users = names.usersOf(chat)
  if (!devices.some(({ user }) => users.includes(user))) throw new Error('WhatsApp did not say which devices the chat has.')
  const others = devices.map(({ jid }) => jid).filter((jid) => jid !== me.id && jid !== me.lid)
  const hasAsked = await socket.assertSessions(others)
  if (!hasAsked) return
  const found = await Promise.all(others.map((jid) => hasSession(socket, jid)))
  if (found.includes(false)) throw new Error('WhatsApp did not give the keys of all devices of the chat.')
}

/** As Baileys calls us in a message to this chat. */
function ownNameFor(chat: string, me: { id: string; lid?: string | undefined }): string {
  return isLidUser(chat) && me.lid !== undefined
    ? jidEncode(jidDecode(me.lid)?.user ?? '', 'lid')
    : jidEncode(jidDecode(me.id)?.user ?? '', 's.whatsapp.net')
}

/** A device that is hosted at WhatsApp need not have keys: nobody waits for it. */
export async function hasSession({ signalRepository }: Pick<WASocket, 'signalRepository'>, jid: string): Promise<boolean> {
  return isHosted(jid) || (await signalRepository.validateSession(jid)).exists
}

export const isHosted = (jid: string): boolean => Boolean(isHostedPnUser(jid) || isHostedLidUser(jid))

/** How the server says that a device has no keys, in the error that Baileys makes of it. */
const NOT_ACCEPTABLE = 406

/** Nothing was sent: Baileys asks for the keys of all devices before it encrypts for any. */
export const hasNoKeys = (error: unknown): boolean => error instanceof Error && 'data' in error && error.data === NOT_ACCEPTABLE
