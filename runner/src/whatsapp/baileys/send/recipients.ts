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
 * Makes the queries that Baileys makes before it sends a message, and fails where Baileys would drop a recipient. Baileys treats
 * a device query that times out after a minute as an empty answer, trusts an incomplete answer, and drops the missing recipients
 * without an error. The server then acknowledges even a message that went to our own phone alone. The queries have Baileys' order
 * and the same effect on the stored state: known facts are not queried again.
 *
 * Call it in the transaction in which the message is sent, so that no known fact is dropped in between.
 *
 * @throws Error when no device of the chat is known, or a device has no session. Nothing was sent then.
 */
export async function assertRecipients(
  socket: Pick<WASocket, 'getUSyncDevices' | 'assertSessions' | 'signalRepository'>,
  options: { chat: string; me: { id: string; lid?: string | undefined }; names: LidMap },
): Promise<void> {
  const { chat, me, names } = options
  if (!isPnUser(chat) && !isLidUser(chat)) return
  const devices = await socket.getUSyncDevices([ownNameFor(chat, me), chat], true, false)
  const users = names.usersOf(chat)
  if (!devices.some(({ user }) => users.includes(user))) throw new Error('WhatsApp did not list the devices of the chat.')
  const others = devices.map(({ jid }) => jid).filter((jid) => jid !== me.id && jid !== me.lid)
  const hasAsked = await socket.assertSessions(others)
  if (!hasAsked) return
  const found = await Promise.all(others.map((jid) => hasSession(socket, jid)))
  const missing = found.filter((isFound) => !isFound).length
  if (missing > 0) throw new Error(`WhatsApp returned no keys for ${missing} of the ${others.length} devices of the chat.`)
}

/** The JID by which Baileys names this account in a message to the chat. */
function ownNameFor(chat: string, me: { id: string; lid?: string | undefined }): string {
  return isLidUser(chat) && me.lid !== undefined
    ? jidEncode(jidDecode(me.lid)?.user ?? '', 'lid')
    : jidEncode(jidDecode(me.id)?.user ?? '', 's.whatsapp.net')
}

/** True when a message can be encrypted for the device, or WhatsApp hosts the device, which then needs no keys. */
export async function hasSession({ signalRepository }: Pick<WASocket, 'signalRepository'>, jid: string): Promise<boolean> {
  return isHosted(jid) || (await signalRepository.validateSession(jid)).exists
}

export const isHosted = (jid: string): boolean => Boolean(isHostedPnUser(jid) || isHostedLidUser(jid))

/** The server's code for a device without keys, as Baileys' error carries it. */
const NOT_ACCEPTABLE = 406

/** True when the server refused the keys of a device. Nothing was sent then: Baileys queries all keys before it encrypts. */
export const hasNoKeys = (error: unknown): boolean => error instanceof Error && 'data' in error && error.data === NOT_ACCEPTABLE
