import {
  isJidGroup,
  isJidNewsletter,
  isJidStatusBroadcast,
  isPnUser,
  jidDecode,
  jidNormalizedUser,
  proto,
  type GroupMetadata,
  type WASocket,
} from '@whiskeysockets/baileys'
import type { MessageReference } from '@holdfast/core/message/content'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Clock } from '@holdfast/core/platform/ports'
import { ConnectionEnded, type AskedAgain, type Composition, type Relaying } from '../../port.ts'
import type { KeyStore } from '../signal/key-store.ts'
import type { LidMap } from '../signal/lid-map.ts'
import type { Transaction } from '../signal/transaction.ts'
import { composeMessage, mentionsAll } from './compose.ts'
import type { DeviceCache } from './device-cache.ts'
import type { GroupMembers } from './group-members.ts'
import { assertAudience, assertGroupRecipients, groupOf, KeysMissing, type GroupSending } from './group-recipients.ts'
import { assertRecipients, hasNoKeys } from './recipients.ts'
import type { StaleDevices } from './stale-devices.ts'
import { post } from './post.ts'
import { stanzaPartsOf } from './stanza-parts.ts'

/** The limit of attempts per message. A device may go away between the server's list and the query for its keys. */
const MAX_ATTEMPTS = 3

/** A message is relayed at once when it is composed. After this the members of its group are asked for anew. */
const DESCRIBED_FOR_MS = 10_000

export interface SendingOptions {
  readonly socket: WASocket
  readonly keyStore: KeyStore
  readonly devices: DeviceCache
  readonly staleDevices: StaleDevices
  readonly names: LidMap
  readonly members: GroupMembers
  readonly clock: Clock
  /** Called with the description of a group to which a message goes. */
  readonly onGroup: (group: GroupMetadata) => void
  /** Rejects with `ConnectionEnded` when the connection ends before the work does. */
  readonly whileOpen: <T>(work: Promise<T>) => Promise<T>
}

/** Sends the messages of one connection: composes each one, checks that every recipient can get it, and hands it to Baileys. */
export class Sending {
  readonly #options: SendingOptions

  /** The groups that were described for a message on its way, until that is relayed. */
  readonly #described = new Map<string, { readonly group: GroupMetadata; readonly atMs: number }>()

  constructor(options: SendingOptions) {
    this.#options = options
  }

  async compose(composition: Composition): Promise<Uint8Array> {
    const me = this.#me
    if (!me) throw new Error('Only a linked device can compose a message.')
    const { clock } = this.#options
    this.#described.delete(composition.chat)
    const members = mentionsAll(composition) ? await this.#membersOf(composition.chat) : []
    const disappearsAfter = await this.#timerOf(composition)
    return composeMessage({ ...composition, disappearsAfter, me, members, nowMs: clock.now() })
  }

  async relay(
    chat: string,
    message: Uint8Array,
    messageId: string,
    { isRepeated, audience, mediaHandle }: Relaying,
  ): Promise<void> {
    const { devices, staleDevices, whileOpen } = this.#options
    for (let attempt = 1; ; attempt++) {
      try {
        const how = { resendKey: isRepeated, leaveOut: attempt === MAX_ATTEMPTS, audience, mediaHandle }
        return await whileOpen(this.#relay(chat, proto.Message.decode(message), messageId, how))
      } catch (error) {
        if (error instanceof ConnectionEnded || error instanceof HoldfastError) throw error
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
    const decoded = proto.Message.decode(message)
    return whileOpen(socket.relayMessage(chat, decoded, { messageId, participant, ...stanzaPartsOf(decoded) }).then(() => {}))
  }

  async star({ chat, messageId, fromMe }: MessageReference, isStarred: boolean): Promise<void> {
    const { socket, whileOpen } = this.#options
    await whileOpen(socket.chatModify({ star: { messages: [{ id: messageId, fromMe }], star: isStarred } }, chat))
  }

  async isReachable(chat: string): Promise<boolean> {
    const { socket, devices, whileOpen } = this.#options
    const user = jidDecode(chat)?.user
    // Each message to a group queries its members anyway. A LID, a channel and the status are no numbers.
    if (!isPnUser(chat) || (user !== undefined && devices.has(user))) return true
    const found = await whileOpen(socket.onWhatsApp(chat))
    // Baileys returns undefined for a query that timed out, which says nothing about the number.
    if (found === undefined) throw new Error('WhatsApp did not say whether the number is reachable.')
    return found.some(({ exists }) => exists)
  }

  get #me(): { id: string; lid?: string | undefined } | undefined {
    return this.#options.socket.authState.creds.me
  }

  async #membersOf(group: string): Promise<string[]> {
    const { participants } = await this.#describe(group)
    return participants.map(({ id }) => id)
  }

  /** Asks WhatsApp for a group, once for all that one message needs of it. */
  async #describe(group: string): Promise<GroupMetadata> {
    const { socket, clock, whileOpen } = this.#options
    const known = this.#described.get(group)
    if (known && clock.monotonic() - known.atMs < DESCRIBED_FOR_MS) return known.group
    const described = await whileOpen(groupOf(socket, group))
    this.#described.set(group, { group: described, atMs: clock.monotonic() })
    return described
  }

  /** The description that the message was composed with, unless it has become old. It serves one attempt. */
  #takeDescribed(group: string): GroupMetadata | null {
    const known = this.#described.get(group)
    this.#described.delete(group)
    return known && this.#options.clock.monotonic() - known.atMs < DESCRIBED_FOR_MS ? known.group : null
  }

  /** The seconds after which a message disappears. Asks WhatsApp for those of a group of which nothing is known. */
  async #timerOf({ chat, disappearsAfter }: Composition): Promise<number> {
    if (disappearsAfter !== null || !isJidGroup(chat)) return disappearsAfter ?? 0
    try {
      const { ephemeralDuration } = await this.#describe(chat)
      return ephemeralDuration ?? 0
    } catch (error) {
      // The account is not in the group: that is for `relay` to say.
      if (error instanceof HoldfastError) return 0
      throw error
    }
  }

  /** Checks the recipients and sends in one transaction, so that Baileys uses exactly the checked devices and keys. */
  #relay(
    chat: string,
    message: proto.Message,
    messageId: string,
    { audience, mediaHandle, ...how }: GroupSending & Omit<Relaying, 'isRepeated'>,
  ): Promise<void> {
    const { socket, keyStore, names, members, onGroup } = this.#options
    const me = this.#me
    if (!me) throw new Error('Only a linked device can send a message.')
    const known = this.#takeDescribed(chat)
    return keyStore.transaction(async (transaction) => {
      if (isJidGroup(chat)) {
        await assertGroupRecipients(socket, { group: chat, known, members, names, transaction, ...how })
        const group = members.get(chat)
        if (group) onGroup(group)
      } else if (isJidStatusBroadcast(chat)) return await this.#relayStatus(message, messageId, { audience, transaction, me })
      else await assertRecipients(socket, { chat, me, names })
      if (isJidNewsletter(chat)) return await post(socket, { chat, message, messageId, mediaHandle })
      await socket.relayMessage(chat, message, { messageId, ...stanzaPartsOf(message) })
    }, me.id)
  }

  /** Sends a status to its audience and to our own phone. Its key goes out with each status: nobody is known to have it. */
  async #relayStatus(
    message: proto.Message,
    messageId: string,
    { audience, transaction, me }: { audience: readonly string[]; transaction: Transaction; me: { id: string } },
  ): Promise<void> {
    const { socket } = this.#options
    const statusJidList = [...audience, jidNormalizedUser(me.id)]
    await assertAudience(socket, { audience: statusJidList, transaction })
    await socket.relayMessage(STATUS, message, { messageId, statusJidList, ...stanzaPartsOf(message) })
  }
}

const STATUS = 'status@broadcast'
