// A person's device and its copy of a client's message: it reads the copy, or asks for it again.
import { isLidUser, proto, unpadRandomMax16 } from '@whiskeysockets/baileys'
import { receiptSender } from './addressing.ts'
import type { ContactReplies } from './contact-replies.ts'
import { knownTo } from './content/known-messages.ts'
import { ContentFault, readContent } from './content/read-content.ts'
import type { SeenContent } from './content/read-content.ts'
import { misfit } from './content/stanza-marks.ts'
import type { StanzaMarks } from './content/stanza-marks.ts'
import type { Group } from './group.ts'
import type { Handset } from './handset.ts'
import { ratchetPosition } from './libsignal.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { KeyUse } from './strictness.ts'
import type { PhoneSync } from './sync/phone-sync.ts'
import { Contact } from './person.ts'
import type { Account } from './account.ts'

/** One ciphertext of a message, for one device (`pkmsg`, `msg`) or for all of a group (`skmsg`). */
export type Copy = { type: string; ciphertext: Uint8Array; use: KeyUse }

/** A message, as the server passes it on. */
export type Letter = {
  account: Account
  device: LinkedDevice
  id: string
  to: string
  group: Group | undefined
  /** What its stanza says of it. Undefined for a copy on request. */
  marks: StanzaMarks | undefined
}

/** A group, or the status: a chat with a sender's key. */
const keyChatOf = ({ to, group }: Letter): string => group?.id ?? to

export type Recipient = { person: Account | Contact; handset: Handset }

const MAX_ASKED = 5

const SILENT_PARTS = new Set(['messageContextInfo', 'senderKeyDistributionMessage'])

/** Whether there is anything in a message but keys. */
const hasContent = (message: proto.Message): boolean => Object.keys(message).some((key) => !SILENT_PARTS.has(key))

/** The text of a message; for other kinds its field, as in messages before. */
const textOf = ({ kind, text }: SeenContent, message: proto.Message): string => {
  if (kind === 'text') return text
  return `[${Object.keys(message).find((key) => !SILENT_PARTS.has(key)) ?? ''}]`
}

const checkIdentityKey = (device: LinkedDevice, ciphertext: Uint8Array): void => {
  const { identityKey } = ratchetPosition('pkmsg', ciphertext)
  if (!identityKey?.subarray(-32).equals(device.identity)) throw new Error('the identity key is not that of the device')
}

/** Failures that are not the client's fault: the recipient lost its keys, or the client has not heard of the device or member. */
const isExcused = ({ device, group }: Letter, { person, handset }: Recipient, { type, ciphertext }: Copy): boolean => {
  if (handset.forgotten.has(device)) return type !== 'pkmsg' || !handset.endpoint.hasPreKeyOf(ciphertext)
  if (type !== 'skmsg' || !group || handset.keysOf(device, group.id).isKnown) return false
  const toldDevice = device.toldDevices.get(person.phone)?.has(handset.number) ?? false
  const toldMember = device.toldMembers.get(group.id)?.has(person.phone) ?? false
  return !toldDevice || !toldMember
}

export class HandsetReader {
  readonly #services: Services
  readonly #replies: ContactReplies
  readonly #sync: PhoneSync

  constructor(services: Services, replies: ContactReplies, sync: PhoneSync) {
    this.#services = services
    this.#replies = replies
    this.#sync = sync
  }

  /** Reads one message after the other. */
  read(letter: Letter, recipient: Recipient, copies: readonly Copy[]): void {
    const { person } = recipient
    if (person instanceof Contact && !letter.group) person.writtenTo(letter.account, isLidUser(letter.to) ? 'lid' : 'pn')
    recipient.handset.endpoint
      .inTurn(() => this.#readCopies(letter, recipient, copies))
      .catch((error: unknown) => this.#services.violations.record('simulator-fault', String(error)))
  }

  async #readCopies(letter: Letter, recipient: Recipient, copies: readonly Copy[]): Promise<void> {
    let read: proto.Message | undefined
    // A repeated frame: a real phone knows it by its ratchet position and drops it.
    if (copies.some(({ use }) => use === 'same-bytes')) this.#countAgain(letter, recipient)
    for (const copy of copies.filter(({ use }) => use !== 'same-bytes')) {
      try {
        read = this.#take(letter, recipient, copy, await this.#decrypt(letter, recipient.handset, copy)) ?? read
      } catch (error) {
        return this.#cannotRead(letter, recipient, copy, error)
      }
    }
    const { person, handset } = recipient
    if (person instanceof Contact && read) this.#receive(letter, person, handset, read)
  }

  async #decrypt(letter: Letter, handset: Handset, { type, ciphertext }: Copy): Promise<proto.Message> {
    const { device } = letter
    if (type === 'skmsg') {
      const padded = handset.keysOf(device, keyChatOf(letter)).decrypt(ciphertext)
      return proto.Message.decode(unpadRandomMax16(padded))
    }
    if (type === 'pkmsg') checkIdentityKey(device, ciphertext)
    const hadHeard = handset.endpoint.hasHeard(device.peer)
    const message = await handset.endpoint.decrypt(device.peer, type, ciphertext)
    const { baseKey } = ratchetPosition(type, ciphertext)
    if (baseKey !== undefined) handset.sessions.opened(device, baseKey, hadHeard)
    return message
  }

  /** Returns the message, unless there is nothing in it but keys. */
  #take(letter: Letter, { person, handset }: Recipient, copy: Copy, message: proto.Message): proto.Message | undefined {
    const { account, device } = letter
    if (person === account) this.#ownPhoneReads(letter, message)
    if (copy.type === 'pkmsg') handset.forgotten.delete(device)
    const { groupId, axolotlSenderKeyDistributionMessage: key } = message.senderKeyDistributionMessage ?? {}
    if (groupId && key) handset.keysOf(device, groupId).learn(key)
    return hasContent(message) ? message : undefined
  }

  #ownPhoneReads({ account, device, id }: Letter, message: proto.Message): void {
    this.#sync.hear(account, device, id, message)
    if (!account.sendsReceipts || !account.isOnline) return
    device.queue.put({ tag: 'receipt', attrs: { from: account.pn, id, type: 'sender', t: timestamp() } })
  }

  #receive(letter: Letter, contact: Contact, handset: Handset, message: proto.Message): void {
    const { account, device, id, group } = letter
    const content = this.#see(letter, contact, message)
    const text = textOf(content, message)
    const known = contact.received.get(id)
    if (known && known.text !== text) {
      this.#services.violations.record('message-id-reuse', `${device.jid}: ${id} came with another text than before`)
    } else if (known) {
      known.copies.set(handset.number, (known.copies.get(handset.number) ?? 0) + 1)
    } else {
      const copies = new Map([[handset.number, 1]])
      contact.received.set(id, {
        id,
        from: account.phone,
        text,
        content,
        message,
        file: this.#services.uploads.open(message, id),
        at: Date.now(),
        device,
        group: group?.id,
        copies,
      })
    }
    const where = { contact: contact.phone, device: handset.number, ...(group ? { group: group.id } : {}) }
    this.#services.happenings.tell('contact-received', { ...where, phone: account.phone, id, text, kind: content.kind })
    if (contact.autoReceipt)
      this.#replies.sendReceipt(receiptSender(handset, contact.modeFor(account.phone), group), device, id, 'delivery')
  }

  /** Reads the content. What a real client would not show is a violation, and seen as nothing. */
  #see(letter: Letter, contact: Contact, message: proto.Message): SeenContent {
    const { world, violations } = this.#services
    try {
      const content = readContent(message, knownTo(contact, letter.account, world))
      const wrong = letter.marks && misfit(content.kind, letter.marks)
      if (wrong !== undefined) throw new ContentFault(wrong)
      return content
    } catch (error) {
      if (!(error instanceof ContentFault)) throw error
      violations.record('bad-content', `${letter.device.jid}: ${letter.id} ${error.message}`)
      return { kind: 'unreadable', text: '' }
    }
  }

  #countAgain({ id }: Letter, { person, handset }: Recipient): void {
    const known = person instanceof Contact ? person.received.get(id) : undefined
    const times = known?.copies.get(handset.number)
    if (times !== undefined) known?.copies.set(handset.number, times + 1)
  }

  #cannotRead(letter: Letter, { person, handset }: Recipient, copy: Copy, error: unknown): void {
    const { device, id, group } = letter
    if (!isExcused(letter, { person, handset }, copy)) {
      const detail = `${device.jid} to ${handset.pn}: ${copy.type} ${id}: ${String(error)}`
      this.#services.violations.record('undecryptable', detail)
    }
    if (!(person instanceof Contact)) return
    const what = { contact: person.phone, device: handset.number, phone: device.phone, id }
    this.#services.happenings.tell('undecryptable', { ...what, error: String(error) })
    person.undecryptable++
    if (handset.forgotten.has(device)) person.lostByItself++
    if ((handset.asked.get(id) ?? 0) >= MAX_ASKED) return
    person.retryReceipts++
    const sender = receiptSender(handset, person.modeFor(device.phone), group)
    this.#replies.requestRetry(sender, handset, device, id, person.retryKeys)
  }
}
