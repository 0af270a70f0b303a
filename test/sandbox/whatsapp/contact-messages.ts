// From people to clients: messages, receipts, and what is encrypted again because a client could not read it.
import { randomBytes } from 'node:crypto'
import { encodeBigEndian, extractE2ESessionFromRetryReceipt, KEY_BUNDLE_TYPE } from '@whiskeysockets/baileys'
import { xmppPreKey, xmppSignedPreKey } from '@whiskeysockets/baileys'
import type { LinkedDevice } from './linked-device.ts'
import { isSignedPreKeyGood } from './pairing.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import type { Account, Contact, Person, SentMessage } from './world.ts'

/** More often the real service does not encrypt a message anew. */
const MAX_RETRIES = 5

const newMessageId = (): string => `3A${randomBytes(9).toString('hex').toUpperCase()}`

type RetryRequest = { id: string; count: number; receipt: Stanza }

export class ContactMessages {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  /** Encrypts for every companion of the account, in turn; each has it queued when this resolves. */
  async send(contact: Contact, account: Account, text: string): Promise<string> {
    const attrs = { from: contact.pn, type: 'text', notify: contact.name, sender_lid: contact.lid }
    return this.#sendToCompanions(contact, account, { message: { conversation: text }, attrs })
  }

  /** As after a new install: what comes next in the old sessions cannot be read, and that is not the sender's fault. */
  async forgetSessions(contact: Contact): Promise<void> {
    await contact.endpoint.inTurn(async () => {
      contact.endpoint.forgetSessions()
      for (const account of this.#services.world.accounts.values()) {
        for (const device of account.companions.values()) contact.forgotten.add(device)
      }
    })
  }

  sendReceipt(person: Person, device: LinkedDevice, id: string, type: 'delivery' | 'read'): void {
    const kind = type === 'read' ? { type } : {}
    device.queue.put({ tag: 'receipt', attrs: { from: person.pn, id, t: timestamp(), ...kind } })
  }

  /** The person could not read a message and asks its sender to encrypt it again, with fresh keys to do it with. */
  requestRetry(person: Person, device: LinkedDevice, message: Stanza, count: number): void {
    const { id = '', to = '' } = message.attrs
    const bundle = person.endpoint.makeBundle()
    const t = timestamp()
    const keys = [
      { tag: 'type', attrs: {}, content: KEY_BUNDLE_TYPE },
      { tag: 'identity', attrs: {}, content: bundle.identity },
      xmppPreKey(bundle.preKey.pair, bundle.preKey.id),
      xmppSignedPreKey(bundle.signedPreKey),
    ]
    const toOwnPhone = person.phone === device.phone ? { recipient: to } : {}
    device.queue.put({
      tag: 'receipt',
      attrs: { from: person.pn, id, type: 'retry', t, ...toOwnPhone },
      content: [
        { tag: 'retry', attrs: { count: String(count), id, t, v: '1' } },
        { tag: 'registration', attrs: {}, content: encodeBigEndian(bundle.registrationId) },
        { tag: 'keys', attrs: {}, content: keys },
      ],
    })
  }

  /** A client asks for a message again: the same id, encrypted anew, in a new session if it sent keys for one. */
  answerRetry(person: Person, device: LinkedDevice, { id, count, receipt }: RetryRequest): void {
    const sent = person.sent.get(id)
    if (!sent || count > MAX_RETRIES) return
    const bundle = extractE2ESessionFromRetryReceipt(receipt)
    if (bundle && !this.#isBundleGood(device, bundle)) return
    this.#inTurn(person, async () => {
      if (bundle) await person.endpoint.openSession(device.peer, bundle)
      await this.#encryptFor(person, device, id, sent, { count: String(count) })
    })
  }

  #isBundleGood(device: LinkedDevice, bundle: NonNullable<ReturnType<typeof extractE2ESessionFromRetryReceipt>>): boolean {
    const { violations } = this.#services
    const { preKey } = bundle
    if (preKey && !device.preKeys.note(preKey.keyId, Buffer.from(preKey.publicKey).subarray(-32))) {
      violations.record('prekey-reuse', `${device.jid}: pre-key ${preKey.keyId} in a retry receipt has another key than before`)
    }
    const own = device.identity.equals(Buffer.from(bundle.identityKey).subarray(-32))
    if (own && isSignedPreKeyGood(device.identity, bundle.signedPreKey)) return true
    violations.record('bad-signature', `${device.jid}: the keys in a retry receipt are not signed by the device`)
    return false
  }

  async #sendToCompanions(person: Person, account: Account, sent: SentMessage): Promise<string> {
    const id = newMessageId()
    person.sent.set(id, sent)
    await person.endpoint.inTurn(async () => {
      for (const device of account.companions.values()) await this.#encryptFor(person, device, id, sent, {})
    })
    return id
  }

  async #encryptFor(person: Person, device: LinkedDevice, id: string, sent: SentMessage, retry: { count?: string }) {
    const { type, ciphertext } = await person.endpoint.encrypt(device.peer, sent.message)
    const enc = { tag: 'enc', attrs: { v: '2', type, ...retry }, content: ciphertext }
    device.queue.put({ tag: 'message', attrs: { ...sent.attrs, id, t: timestamp() }, content: [enc] })
  }

  #inTurn(person: Person, job: () => Promise<void>): void {
    person.endpoint.inTurn(job).catch((error: unknown) => {
      this.#services.violations.record('simulator-fault', `${person.phone}: ${String(error)}`)
    })
  }
}
