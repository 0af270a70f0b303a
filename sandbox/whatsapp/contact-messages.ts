// One-to-one messages from people to clients, and messages of a phone to its own companions.
import { randomBytes } from 'node:crypto'
import type { proto } from '@whiskeysockets/baileys'
import { senderAttrs } from './addressing.ts'
import type { Handset, SentMessage } from './handset.ts'
import type { LinkedDevice } from './linked-device.ts'
import { lidAttr } from './names.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { Account } from './account.ts'
import type { Contact } from './person.ts'

export const newMessageId = (): string => `3A${randomBytes(9).toString('hex').toUpperCase()}`

/** Encrypts a message for one device and queues it. The caller must hold the handset endpoint's turn. */
export const encryptFor = async (
  handset: Handset,
  device: LinkedDevice,
  id: string,
  sent: SentMessage,
  retry: { count?: string } = {},
): Promise<void> => {
  const parts = sent.make ? await sent.make(device) : [await encrypted(handset, device, sent.message)]
  const content = parts.map((part) => ({ ...part, attrs: { ...part.attrs, ...retry } }))
  device.queue.put({ tag: 'message', attrs: { ...sent.attrs, id, t: timestamp() }, content })
}

const encrypted = async (handset: Handset, device: LinkedDevice, message: proto.IMessage): Promise<Stanza> => {
  const { type, ciphertext } = await handset.endpoint.encrypt(device.peer, message)
  return { tag: 'enc', attrs: { v: '2', type }, content: ciphertext }
}

export class ContactMessages {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** Encrypts for every companion of the account, in turn. Resolves when each copy is queued. */
  async send(contact: Contact, account: Account, text: string, handset: Handset = contact.main): Promise<string> {
    return this.say(contact, account, { conversation: text }, {}, handset)
  }

  /** Sends any message. `more` are attributes of its stanza, as a real client sets them for its kind. */
  async say(
    contact: Contact,
    account: Account,
    message: proto.IMessage,
    more: Record<string, string> = {},
    handset: Handset = contact.main,
  ): Promise<string> {
    contact.knownTo.add(account)
    const sender = senderAttrs(contact, handset, contact.modeFor(account.phone))
    return this.#sendToCompanions(handset, account, {
      message,
      attrs: { ...sender, type: 'text', notify: contact.name, ...more },
    })
  }

  /** The owner writes to a contact on the phone. Every companion gets a copy; the contact's own is left out. */
  async sendFromPhone(account: Account, contact: Contact, text: string): Promise<string> {
    return this.sayFromPhone(account, contact, { conversation: text })
  }

  /** The same with any message. */
  async sayFromPhone(
    account: Account,
    contact: Contact,
    message: proto.IMessage,
    more: Record<string, string> = {},
  ): Promise<string> {
    const attrs = { from: account.pn, recipient: contact.pn, type: 'text', ...lidAttr('sender_lid', account), ...more }
    const deviceSentMessage = { destinationJid: contact.pn, message }
    return this.#sendToCompanions(account.main, account, { message: { deviceSentMessage }, attrs })
  }

  /** Drops sessions: the next messages in them are unreadable, which is not the client's fault. */
  async forgetSessions(contact: Contact): Promise<void> {
    for (const handset of contact.handsets.values()) {
      await handset.endpoint.inTurn(async () => handset.forgetSessions(this.#services.world.clients))
    }
  }

  async #sendToCompanions(handset: Handset, account: Account, sent: SentMessage): Promise<string> {
    const id = newMessageId()
    handset.sent.set(id, sent)
    await handset.endpoint.inTurn(async () => {
      for (const device of account.companions.values()) await encryptFor(handset, device, id, sent)
    })
    return id
  }
}
