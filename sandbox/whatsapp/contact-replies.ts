// Automatic answers of people's phones: receipts, retry receipts, and messages that are encrypted again.
import { encodeBigEndian, extractE2ESessionFromRetryReceipt, KEY_BUNDLE_TYPE } from '@whiskeysockets/baileys'
import { xmppPreKey, xmppSignedPreKey } from '@whiskeysockets/baileys'
import type { ReceiptSender } from './addressing.ts'
import { encryptFor } from './contact-messages.ts'
import type { Handset, SentMessage } from './handset.ts'
import type { LinkedDevice } from './linked-device.ts'
import { isSignedPreKeyGood } from './pairing.ts'
import type { RetryKeys } from './person.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'

/** The service encrypts a message anew at most this often. */
const MAX_RETRIES = 5

type RetryRequest = { id: string; count: number; receipt: Stanza }

type Bundle = NonNullable<ReturnType<typeof extractE2ESessionFromRetryReceipt>>

/** Fresh keys of a device, for a new session with it. */
const keysFor = (handset: Handset, which: RetryKeys): Stanza[] => {
  if (which === 'none') return []
  const { identity, preKey, signedPreKey } = handset.endpoint.makeBundle()
  const keys = [
    ...(which === 'all' ? [{ tag: 'type', attrs: {}, content: KEY_BUNDLE_TYPE }] : []),
    { tag: 'identity', attrs: {}, content: identity },
    xmppPreKey(preKey.pair, preKey.id),
    xmppSignedPreKey(signedPreKey),
  ]
  return [{ tag: 'keys', attrs: {}, content: keys }]
}

export class ContactReplies {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  sendReceipt(sender: ReceiptSender, device: LinkedDevice, id: string, type: 'delivery' | 'read'): void {
    const kind = type === 'read' ? { type } : {}
    device.queue.put({ tag: 'receipt', attrs: { ...sender, id, t: timestamp(), ...kind } })
  }

  /** Asks the sender to encrypt an unreadable message again. */
  requestRetry(sender: ReceiptSender, handset: Handset, device: LinkedDevice, id: string, keys: RetryKeys): void {
    const count = (handset.asked.get(id) ?? 0) + 1
    handset.asked.set(id, count)
    handset.sessions.excuse(device)
    const t = timestamp()
    const registration = encodeBigEndian(handset.endpoint.registrationId)
    device.queue.put({
      tag: 'receipt',
      attrs: { ...sender, id, type: 'retry', t },
      content: [
        { tag: 'retry', attrs: { count: String(count), id, t, v: '1' } },
        { tag: 'registration', attrs: {}, content: registration },
        ...keysFor(handset, keys),
      ],
    })
  }

  /** Answers a client's retry receipt: the same id, encrypted anew, in a new session if the client sent keys for one. */
  answerRetry(handset: Handset, device: LinkedDevice, { id, count, receipt }: RetryRequest): void {
    const sent = handset.sent.get(id)
    if (!sent || count > MAX_RETRIES) return
    const bundle = extractE2ESessionFromRetryReceipt(receipt)
    if (bundle && !this.#isBundleGood(device, bundle)) return
    handset.endpoint
      .inTurn(async () => {
        if (bundle) await handset.endpoint.openSession(device.peer, bundle)
        await encryptFor(handset, device, id, this.#withGroupKey(handset, device, sent), { count: String(count) })
      })
      .catch((error: unknown) => this.#services.violations.record('simulator-fault', `${handset.pn}: ${String(error)}`))
  }

  /** Encrypts a group's message again for one device, together with the sender key for the messages that follow. */
  #withGroupKey(handset: Handset, device: LinkedDevice, sent: SentMessage): SentMessage {
    const groupId = sent.attrs.from ?? ''
    if (!this.#services.world.groups.has(groupId)) return sent
    const { key, recipients } = handset.groupKey(groupId)
    recipients.add(device)
    const axolotlSenderKeyDistributionMessage = key.distribution()
    return {
      ...sent,
      message: { ...sent.message, senderKeyDistributionMessage: { groupId, axolotlSenderKeyDistributionMessage } },
    }
  }

  #isBundleGood(device: LinkedDevice, bundle: Bundle): boolean {
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
}
