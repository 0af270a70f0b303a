// What clients say about what they were sent: receipts take it off the queue, retry receipts ask for it again.
import { getBinaryNodeChild, getBinaryNodeChildren } from '@whiskeysockets/baileys'
import type { Connection } from './connection.ts'
import type { ContactReplies } from './contact-replies.ts'
import type { LinkedDevice } from './linked-device.ts'
import { queueKey } from './offline-queue.ts'
import type { Services } from './services.ts'
import { firstChild, timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { Account } from './world.ts'

type Sender = { account: Account; device: LinkedDevice }

const idsIn = (receipt: Stanza): string[] => {
  const more = getBinaryNodeChildren(firstChild(receipt), 'item').map((item) => item.attrs.id)
  return [receipt.attrs.id, ...more].filter((id) => id !== undefined)
}

const join = (answer: string, detail: string | undefined): string => (detail === undefined ? answer : `${answer} ${detail}`)

export class ClientReceipts {
  readonly #services: Services
  readonly #replies: ContactReplies

  constructor(services: Services, replies: ContactReplies) {
    this.#services = services
    this.#replies = replies
  }

  takeReceipt(connection: Connection, sender: Sender, receipt: Stanza): void {
    const { id = '', to = '', type, participant } = receipt.attrs
    if (type === 'retry') this.#takeRetry(sender, receipt)
    else for (const one of idsIn(receipt)) this.#settleMessage(sender, one, type)
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

  #settleMessage({ account, device }: Sender, id: string, receiptType: string | undefined): void {
    const { happenings, violations } = this.#services
    device.watched.answered(id, join('receipt', receiptType))
    if (!device.queue.wasSent(id)) {
      violations.record(
        'receipt-unknown',
        `${device.jid} sent a receipt (${receiptType ?? 'delivery'}) for ${id}, never sent to it`,
      )
    } else {
      account.receipted.add(id)
      device.peerLog.noteReceipt(id, receiptType ?? 'delivery')
      device.queue.settle(queueKey('message', { id }))
    }
    happenings.tell('receipt', { phone: account.phone, id, receiptType: receiptType ?? 'delivery' })
  }

  #takeRetry({ account, device }: Sender, receipt: Stanza): void {
    const { id = '', to, participant } = receipt.attrs
    const { happenings, violations, world } = this.#services
    const count = Number(getBinaryNodeChild(receipt, 'retry')?.attrs.count ?? 1)
    device.watched.answered(id, join('retry', String(count)))
    if (!device.queue.wasSent(id)) {
      violations.record('receipt-unknown', `${device.jid} sent a retry receipt for ${id}, never sent to it`)
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
