import { isJidGroup, isLidUser, jidDecode, proto, type WASocket } from '@whiskeysockets/baileys'
import type { MessageContent } from '@holdfast/core/message/content'
import { ConnectionEnded, type AskedAgain } from '../../port.ts'
import type { KeyStore } from '../signal/key-store.ts'
import type { LidMap } from '../signal/lid-map.ts'
import { composeMessage } from './compose.ts'
import type { DeviceCache } from './device-cache.ts'
import type { GroupMembers } from './group-members.ts'
import { assertGroupRecipients, KeysMissing, type GroupSending } from './group-recipients.ts'
import { assertRecipients, hasNoKeys } from './recipients.ts'
import type { StaleDevices } from './stale-devices.ts'

/** The limit of attempts per message. A device may go away between the server's list and the query for its keys. */
const MAX_ATTEMPTS = 3

export interface SendingOptions {
  readonly socket: WASocket
  readonly keyStore: KeyStore
  readonly devices: DeviceCache
  readonly staleDevices: StaleDevices
  readonly names: LidMap
  readonly members: GroupMembers
  /** Rejects with `ConnectionEnded` when the connection ends before the work does. */
  readonly whileOpen: <T>(work: Promise<T>) => Promise<T>
}

/** Sends the messages of one connection: composes each one, checks that every recipient can get it, and hands it to Baileys. */
export class Sending {
  readonly #options: SendingOptions

  constructor(options: SendingOptions) {
    this.#options = options
  }

  compose(chat: string, content: MessageContent, messageId: string): Uint8Array {
    const userJid = this.#me?.id
    if (!userJid) throw new Error('Only a linked device can compose a message.')
    return composeMessage({ chat, content, messageId, userJid })
  }

  async relay(chat: string, message: Uint8Array, messageId: string, isRepeated: boolean): Promise<void> {
    const { devices, staleDevices, whileOpen } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        const how = { resendKey: isRepeated, leaveOut: attempt === MAX_ATTEMPTS }
        return await whileOpen(this.#relay(chat, proto.Message.decode(message), messageId, how))
      } catch (error) {
        if (error instanceof ConnectionEnded) throw error
        // A device may be gone without a notification, so the next attempt queries the dropped device lists again.
        if (error instanceof KeysMissing) devices.revoke(error.jids)
        else staleDevices.drop(chat)
        const areRefused = error instanceof KeysMissing ? error.areRefused : hasNoKeys(error)
        if (!areRefused || attempt === MAX_ATTEMPTS) throw error
      }
    }
  }

  /** Sends a copy to one device only: the others of the chat may have read the message. */
  resend(message: Uint8Array, { messageId, chat, device, count }: AskedAgain & { count: number }): Promise<void> {
    const { socket, whileOpen } = this.#options
    const participant = { jid: device, count }
    return whileOpen(socket.relayMessage(chat, proto.Message.decode(message), { messageId, participant }).then(() => {}))
  }

  async isReachable(chat: string): Promise<boolean> {
    const { socket, devices, whileOpen } = this.#options
    const user = jidDecode(chat)?.user
    // Each message to a group queries its members anyway.
    if (isLidUser(chat) || isJidGroup(chat) || (user !== undefined && devices.has(user))) return true
    const found = await whileOpen(socket.onWhatsApp(chat))
    // Baileys returns undefined for a query that timed out, which says nothing about the number.
    if (found === undefined) throw new Error('WhatsApp did not say whether the number is reachable.')
    return found.some(({ exists }) => exists)
  }

  get #me(): { id: string; lid?: string | undefined } | undefined {
    return this.#options.socket.authState.creds.me
  }

  /** Checks the recipients and sends in one transaction, so that Baileys uses exactly the checked devices and keys. */
  #relay(chat: string, message: proto.Message, messageId: string, how: GroupSending): Promise<void> {
    const { socket, keyStore, names, members } = this.#options
    const me = this.#me
    if (!me) throw new Error('Only a linked device can send a message.')
    return keyStore.transaction(async (transaction) => {
      if (isJidGroup(chat)) await assertGroupRecipients(socket, { group: chat, members, names, transaction, ...how })
      else await assertRecipients(socket, { chat, me, names })
      await socket.relayMessage(chat, message, { messageId })
    }, me.id)
  }
}
