// Receipts of clients: a receipt takes a message off the queue, a retry receipt asks for it again.
import { getBinaryNodeChild, getBinaryNodeChildren, isLidUser } from '@whiskeysockets/baileys'
import { receiptSender } from './addressing.ts'
import type { Connection } from './connection.ts'
import type { ContactReplies } from './contact-replies.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { MediaLetters } from './media/letters.ts'
import { queueKey } from './offline-queue.ts'
import type { MessageSender } from './offline-queue.ts'
import type { Services } from './services.ts'
import { firstChild, timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { Account } from './account.ts'

type Sender = { account: Account; device: LinkedDevice }

const idsIn = (receipt: Stanza): string[] => {
  const more = getBinaryNodeChildren(firstChild(receipt), 'item').map((item) => item.attrs.id)
  return [receipt.attrs.id, ...more].filter((id) => id !== undefined)
}

const join = (answer: string, detail: string | undefined): string => (detail === undefined ? answer : `${answer} ${detail}`)

/** Receipt types of a delivered message. `inactive` comes from a client in the background. */
const DELIVERY: ReadonlySet<string> = new Set(['', 'inactive'])
/** Receipt types that reach the writer of a message. Other types are for the reader's own devices. */
const PASSED_ON: ReadonlySet<string> = new Set([...DELIVERY, 'read', 'played', 'retry'])

/** Receipt types that go to the chat. All others go to the device, or to the group and its member, that the message came from. */
const TO_THE_CHAT: ReadonlySet<string> = new Set(['read', 'read-self', 'played'])

/** The service keeps sending a message whose receipt named another sender. */
const receiptFault = (
  { attrs: { to, participant, type = '' } }: Stanza,
  sender: MessageSender | undefined,
): string | undefined => {
  if (!sender) return 'never sent to it'
  if (TO_THE_CHAT.has(type) || (to === sender.from && participant === sender.participant)) return undefined
  const names = (one: string | undefined, other: string | undefined): string => [one, other].filter(Boolean).join(' ')
  return `which came from ${names(sender.from, sender.participant)}, to ${names(to, participant)}`
}

export class ClientReceipts {
  readonly #services: Services
  readonly #replies: ContactReplies
  readonly #letters: MediaLetters

  constructor(services: Services, replies: ContactReplies, letters: MediaLetters) {
    this.#services = services
    this.#replies = replies
    this.#letters = letters
  }

  takeReceipt(connection: Connection, sender: Sender, receipt: Stanza): void {
    const { id = '', to = '', type, participant } = receipt.attrs
    if (type === 'retry') this.#takeRetry(sender, receipt)
    else if (type === 'server-error') this.#letters.takeRequest(sender.account, sender.device, receipt)
    else for (const one of idsIn(receipt)) this.#settleMessage(sender, one, receipt)
    this.#passOn(sender, receipt)
    const more = { ...(type === undefined ? {} : { type }), ...(participant === undefined ? {} : { participant }) }
    connection.send({ tag: 'ack', attrs: { class: 'receipt', id, from: to, t: timestamp(), ...more } })
  }

  takeAck({ account, device }: Sender, ack: Stanza): void {
    const { class: stanzaClass = '', id = '', error } = ack.attrs
    const { happenings, violations } = this.#services
    device.watched.answered(id, error === undefined ? 'ack' : join('nack', error))
    if (stanzaClass === 'message' && error !== undefined) {
      if (!device.watched.isWatched(id)) violations.record('nack', `${device.jid} answered message ${id} with error ${error}`)
      happenings.tell('nack', { phone: account.phone, id, error })
      if (device.retriesAsked.delete(id)) return
    }
    device.queue.settle(queueKey(stanzaClass, { ...ack.attrs, from: ack.attrs.to }))
  }

  #settleMessage({ account, device }: Sender, id: string, receipt: Stanza): void {
    const { happenings, violations } = this.#services
    const receiptType = receipt.attrs.type ?? 'delivery'
    device.watched.answered(id, join('receipt', receipt.attrs.type))
    const fault = receiptFault(receipt, device.queue.senderOf(id))
    if (fault !== undefined) {
      violations.record('receipt-unknown', `${device.jid} sent a receipt (${receiptType}) for ${id}, ${fault}`)
    } else {
      account.receipted.add(id)
      device.peerLog.noteReceipt(id, receiptType)
      device.queue.settle(queueKey('message', { id }))
    }
    happenings.tell('receipt', { phone: account.phone, id, receiptType })
  }

  /** Passes the receipt on to another client that wrote the message, as to a contact. */
  #passOn({ account, device }: Sender, { attrs, ...receipt }: Stanza): void {
    const { id = '', to = '', participant, type = '' } = attrs
    const { world } = this.#services
    const writer = world.findDevice(participant ?? to)
    if (!writer || writer.phone === account.phone || !PASSED_ON.has(type)) return
    const from = receiptSender(device.names, isLidUser(to) ? 'lid' : 'pn', world.groups.get(to))
    const kind = DELIVERY.has(type) ? {} : { type }
    writer.queue.put({ ...receipt, attrs: { ...from, id, t: timestamp(), ...kind } })
  }

  #takeRetry({ account, device }: Sender, receipt: Stanza): void {
    const { id = '', to, participant } = receipt.attrs
    const { happenings, violations, world } = this.#services
    const count = Number(getBinaryNodeChild(receipt, 'retry')?.attrs.count ?? 1)
    device.watched.answered(id, join('retry', String(count)))
    const fault = receiptFault(receipt, device.queue.senderOf(id))
    if (fault !== undefined) {
      violations.record('receipt-unknown', `${device.jid} sent a retry receipt for ${id}, ${fault}`)
    } else {
      account.clientRetryReceipts++
      device.retriesAsked.add(id)
      device.queue.settle(queueKey('message', { id }))
      const asked = world.findHandset(participant ?? to)
      if (asked) this.#replies.answerRetry(asked.handset, device, { id, count, receipt })
    }
    happenings.tell('retry-receipt', { phone: account.phone, id, count, participant })
  }
}
