// From clients to people: a message is acked by the server at once, then each recipient reads its copy, or cannot.
import { getBinaryNodeChild, getBinaryNodeChildren, jidDecode } from '@whiskeysockets/baileys'
import type { proto } from '@whiskeysockets/baileys'
import type { Connection } from './connection.ts'
import type { ContactMessages } from './contact-messages.ts'
import { identityFault } from './identity-proof.ts'
import { ratchetPosition } from './libsignal.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { RatchetUse } from './strictness.ts'
import type { PhoneSync } from './sync/phone-sync.ts'
import { Contact } from './world.ts'
import type { Account } from './world.ts'

/** One recipient's copy of a message. */
type Copy = { jid: string; type: string; ciphertext: Uint8Array; use: RatchetUse }

type Sender = { account: Account; device: LinkedDevice }

const MAX_ASKED = 5

const copiesIn = (stanza: Stanza): Omit<Copy, 'use'>[] => {
  const addressed = getBinaryNodeChildren(getBinaryNodeChild(stanza, 'participants'), 'to')
  const nodes = addressed.length > 0 ? addressed : [{ ...stanza, attrs: { jid: stanza.attrs.to ?? '' } }]
  return nodes.flatMap((node) => {
    const enc = getBinaryNodeChild(node, 'enc')
    const type = enc?.attrs.type ?? ''
    if (!(enc?.content instanceof Uint8Array) || (type !== 'msg' && type !== 'pkmsg')) return []
    return [{ jid: node.attrs.jid ?? '', type, ciphertext: enc.content }]
  })
}

const textOf = (message: proto.Message): string => {
  const kind = Object.keys(message).find((key) => key !== 'messageContextInfo') ?? 'empty'
  return message.extendedTextMessage?.text ?? message.conversation ?? `[${kind}]`
}

export class ClientMessages {
  readonly #services: Services
  readonly #replies: ContactMessages
  readonly #sync: PhoneSync

  constructor(services: Services, replies: ContactMessages, sync: PhoneSync) {
    this.#services = services
    this.#replies = replies
    this.#sync = sync
  }

  take(connection: Connection, sender: Sender, stanza: Stanza): void {
    const { id = '', to = '' } = stanza.attrs
    const { phone } = sender.account
    this.#services.happenings.tell('message', { phone, id, to })
    const copies = copiesIn(stanza).map((copy) => ({ ...copy, use: this.#guardRatchet(sender.device, copy, id) }))
    const nack = this.#services.faults.takeNack(phone)
    if (nack !== undefined) return this.#sendAck(connection, stanza, { error: String(nack) })
    this.#checkIdentity(sender, stanza, copies)
    this.#ack(connection, phone, stanza)
    for (const copy of copies) this.#deliver(sender, stanza, copy)
  }

  #guardRatchet(device: LinkedDevice, copy: Omit<Copy, 'use'>, id: string): RatchetUse {
    try {
      const { use, detail } = device.ratchets.use(copy.jid, copy.type, copy.ciphertext, id)
      if (use === 'reused') this.#services.violations.record('ratchet-reuse', `${device.jid} ${detail}`)
      return use
    } catch {
      return 'new' // Not a Signal message at all: the recipient will say so.
    }
  }

  #checkIdentity({ account, device }: Sender, stanza: Stanza, copies: Copy[]): void {
    const first = copies.find((copy) => copy.type === 'pkmsg')
    // A retried message for a single device comes without the proof, also from real clients.
    if (!first || !getBinaryNodeChild(stanza, 'participants')) return
    const fault = identityFault(stanza, account, device)
    if (fault === undefined) return
    this.#services.violations.record('bad-signature', `${device.jid}: the proof of identity in ${stanza.attrs.id} ${fault}`)
  }

  #ack(connection: Connection, phone: string, stanza: Stanza): void {
    const { faults } = this.#services
    const send = (): void => this.#sendAck(connection, stanza, {})
    if (faults.holdAck(phone, send) || faults.takeLostAck(phone)) return
    send()
  }

  #sendAck(connection: Connection, { attrs }: Stanza, more: { error?: string }): void {
    const { id = '', to = '' } = attrs
    if (!connection.isOpen) return
    connection.send({ tag: 'ack', attrs: { class: 'message', id, from: to, t: timestamp(), ...more } })
    this.#services.happenings.tell('acked', { phone: connection.phone, id, ...more })
  }

  #deliver(sender: Sender, stanza: Stanza, copy: Copy): void {
    const companion = this.#services.world.findDevice(copy.jid)
    if (companion) return this.#forward(sender, companion, stanza, copy)
    const person = this.#services.world.find(copy.jid)
    if (!person || jidDecode(copy.jid)?.device) return
    person.endpoint
      .inTurn(() => this.#read(sender, person, stanza, copy))
      .catch((error: unknown) => this.#services.violations.record('simulator-fault', String(error)))
  }

  /** To a companion of an account (a second one of the sender's own, or another account's): it decrypts for itself. */
  #forward({ account, device }: Sender, companion: LinkedDevice, stanza: Stanza, { type, ciphertext }: Copy): void {
    if (companion === device) return
    const { id = '', to = '', type: kind = 'text' } = stanza.attrs
    const own = companion.phone === account.phone ? { recipient: to } : { notify: account.name }
    companion.queue.put({
      tag: 'message',
      attrs: { from: device.jid, id, t: timestamp(), type: kind, sender_lid: device.lid, ...own },
      content: [{ tag: 'enc', attrs: { v: '2', type }, content: ciphertext }],
    })
  }

  async #read(sender: Sender, person: Account | Contact, stanza: Stanza, copy: Copy): Promise<void> {
    const id = stanza.attrs.id ?? ''
    // A frame that was sent twice: a real phone knows it by its ratchet position and drops it.
    if (copy.use === 'same-bytes') return this.#countAgain(person, id)
    let message: proto.Message
    try {
      if (copy.type === 'pkmsg') this.#checkSenderKey(sender.device, copy)
      message = await person.endpoint.decrypt(sender.device.peer, copy.type, copy.ciphertext)
    } catch (error) {
      return this.#cannotRead(sender, person, stanza, copy, error)
    }
    if (person === sender.account) this.#sync.hear(sender.account, sender.device, id, message)
    if (!(person instanceof Contact)) return
    if (copy.type === 'pkmsg') person.forgotten.delete(sender.device)
    this.#receive(sender, person, id, textOf(message))
  }

  #checkSenderKey(device: LinkedDevice, { type, ciphertext }: Copy): void {
    const { identityKey } = ratchetPosition(type, ciphertext)
    if (!identityKey?.subarray(-32).equals(device.identity)) throw new Error('the identity key is not that of the device')
  }

  #receive({ account, device }: Sender, contact: Contact, id: string, text: string): void {
    const known = contact.received.get(id)
    if (!known) contact.received.set(id, { id, from: account.phone, text, copies: 1, at: Date.now(), device })
    else if (known.text !== text) {
      this.#services.violations.record('message-id-reuse', `${device.jid}: ${id} came with another text than before`)
    } else known.copies++
    this.#services.happenings.tell('contact-received', { contact: contact.phone, phone: account.phone, id, text })
    if (contact.autoReceipt) this.#replies.sendReceipt(contact, device, id, 'delivery')
  }

  #countAgain(person: Account | Contact, id: string): void {
    const known = person instanceof Contact ? person.received.get(id) : undefined
    if (known) known.copies++
  }

  #cannotRead({ device }: Sender, person: Account | Contact, stanza: Stanza, copy: Copy, error: unknown): void {
    const id = stanza.attrs.id ?? ''
    const ownFault = person instanceof Contact && copy.type === 'msg' && person.forgotten.has(device)
    if (!ownFault) {
      const detail = `${device.jid} to ${copy.jid}: ${copy.type} ${id}: ${String(error)}`
      this.#services.violations.record('undecryptable', detail)
    }
    if (!(person instanceof Contact)) return
    person.undecryptable++
    const count = (person.asked.get(id) ?? 0) + 1
    person.asked.set(id, count)
    if (count > MAX_ASKED) return
    person.retryReceipts++
    this.#replies.requestRetry(person, device, stanza, count)
  }
}
