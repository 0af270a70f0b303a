import { isJidGroup, isLidUser, jidDecode, proto, type WASocket } from '@whiskeysockets/baileys'
import type { MessageContent } from '@holdfast/core/message/content'
import { ConnectionEnded } from '../../port.ts'
import type { KeyStore } from '../signal/key-store.ts'
import type { LidMap } from '../signal/lid-map.ts'
import { composeMessage } from './compose.ts'
import type { DeviceCache } from './device-cache.ts'
import type { GroupMembers } from './group-members.ts'
import { assertGroupRecipients, KeysMissing, type GroupSending } from './group-recipients.ts'
import { assertRecipients, hasNoKeys } from './recipients.ts'
import type { StaleDevices } from './stale-devices.ts'

/** A device that goes away after the server has told of it, and before it is asked for its keys, is no fault of the message. */
const KEYS_ASKED_AT_MOST = 3

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

/** Messages of one connection on their way out: made, encrypted for everybody who is to have them, and handed to Baileys. */
export class Sending {
  readonly #options: SendingOptions

  constructor(options: SendingOptions) {
    this.#options = options
  }

  compose(chat: string, content: MessageContent, messageId: string): Uint8Array {
    const userJid = this.#me?.id
    if (!userJid) throw new Error('A message can only be made by a linked device.')
    return composeMessage({ chat, content, messageId, userJid })
  }

  async relay(chat: string, message: Uint8Array, messageId: string, isRepeated: boolean): Promise<void> {
    const { devices, staleDevices, whileOpen } = this.#options
    for (let asked = 1; ; asked++) {
      try {
        const how = { tellAgain: isRepeated, leaveOut: asked === KEYS_ASKED_AT_MOST }
        return await whileOpen(this.#relay(chat, proto.Message.decode(message), messageId, how))
      } catch (error) {
        if (error instanceof ConnectionEnded) throw error
        // It may be for a device that is gone, and nobody has told: the next attempt asks who is there, of the chat and of us.
        if (error instanceof KeysMissing) devices.revoke(error.jids)
        else staleDevices.drop(chat)
        const areRefused = error instanceof KeysMissing ? error.areRefused : hasNoKeys(error)
        if (!areRefused || asked === KEYS_ASKED_AT_MOST) throw error
      }
    }
  }

  async isReachable(chat: string): Promise<boolean> {
    const { socket, devices, whileOpen } = this.#options
    const user = jidDecode(chat)?.user
    // Who is in a group is asked for with each message to it.
    if (isLidUser(chat) || isJidGroup(chat) || (user !== undefined && devices.has(user))) return true
    const found = await whileOpen(socket.onWhatsApp(chat))
    // Baileys resolves a query that timed out with nothing, which is no answer.
    if (found === undefined) throw new Error('WhatsApp did not say whether the number is reachable.')
    return found.some(({ exists }) => exists)
  }

  get #me(): { id: string; lid?: string | undefined } | undefined {
    return this.#options.socket.authState.creds.me
  }

  /** In one transaction with the look at who gets it: what is known then is what Baileys goes by. */
  #relay(chat: string, message: proto.Message, messageId: string, how: GroupSending): Promise<void> {
    const { socket, keyStore, names, members } = this.#options
    const me = this.#me
    if (!me) throw new Error('A message can only be sent by a linked device.')
    return keyStore.transaction(async (transaction) => {
      if (isJidGroup(chat)) await assertGroupRecipients(socket, { group: chat, members, names, transaction, ...how })
      else await assertRecipients(socket, { chat, me, names })
      await socket.relayMessage(chat, message, { messageId })
    }, me.id)
  }
}
