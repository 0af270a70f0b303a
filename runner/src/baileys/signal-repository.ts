import { AsyncResource } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import {
  DEFAULT_CONNECTION_CONFIG,
  type BinaryNode,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys'
import { DOCUMENTED, type Inbox } from '../session/inbox.ts'
import { encodeValue } from './codec.ts'
import type { KeyStore } from './key-store.ts'
import { describeMessage, emptyPlaintext, sharedAppStateKeys } from './received-stanza.ts'

type Repository = ReturnType<SocketConfig['makeSignalRepository']>

/** Bound at load, outside of any transaction: what runs in it does not join the transaction of its caller. */
const outsideOfTransactions: <T>(work: () => T) => T = AsyncResource.bind((work) => work())

/**
 * Runs its work one after the other: encryption and decryption must never interleave. One per connection, since one that ended may
 * hold its turn for a minute; its writes are refused.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}

/**
 * Baileys' Signal repository, with three differences.
 *
 * - The ratchet step of a received message and its plaintext are one mutation, before Baileys hears of it (and before its receipt).
 *   A stanza that was decrypted before is answered from the inbox: the ratchet could not decrypt it again.
 * - Each operation is a transaction of its own, outside of the sender's, so that the ratchet step of a message to send is
 *   journaled before its frame.
 * - All operations of a session pass one queue.
 */
export function makeSignalRepository(options: {
  keyStore: KeyStore
  inbox: Inbox
  queue: SerialQueue
  /** The stanza that a ciphertext arrived in: the same buffer reaches `decryptMessage`. */
  stanzaOf: (ciphertext: Uint8Array) => BinaryNode | undefined
  now: () => number
}): SocketConfig['makeSignalRepository'] {
  const { keyStore, inbox, queue, stanzaOf, now } = options
  return (auth, logger, fetchLids) => {
    keyStore.install(auth.keys as SignalKeyStoreWithTransaction)
    const inner: Repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, logger, fetchLids)
    const alone = <T>(work: () => Promise<T>): Promise<T> => queue.run(() => outsideOfTransactions(work))

    /** Looking up a LID may ask the server, so it is done before the turn in the queue. */
    const resolveLid = async (jid: string): Promise<void> => {
      if (jid.endsWith('@s.whatsapp.net')) await inner.lidMapping.getLIDForPN(jid).catch(() => null)
    }

    const receive = (ciphertext: Uint8Array, lock: string, decrypt: () => Promise<Uint8Array>): Promise<Uint8Array> =>
      keyStore.transaction(async () => {
        const hash = createHash('sha256').update(ciphertext).digest('base64url')
        const known = inbox.lookup(hash)
        if (known) return known === DOCUMENTED ? emptyPlaintext() : known
        const plain = Buffer.from(await decrypt())
        const stanza = stanzaOf(ciphertext)
        const message = stanza ? describeMessage(stanza, plain, now()) : null
        const { keys, entry, onApplied } = inbox.admit(hash, stanza?.attrs['id'] ?? hash, plain, message)
        keyStore.join({ ...keys, ...appStateKeys(stanza, plain) }, entry, onApplied)
        return plain
      }, lock)

    const appStateKeys = (stanza: BinaryNode | undefined, plain: Buffer): Record<string, Record<string, string>> => {
      const shared = sharedAppStateKeys(stanza, plain)
      const last = shared.at(-1)
      if (!last) return {}
      Object.assign(auth.creds, { myAppStateKeyId: last.id })
      return {
        'app-state-sync-key': Object.fromEntries(shared.map(({ id, data }) => [id, encodeValue('app-state-sync-key', data)])),
      }
    }

    return {
      ...inner,
      decryptMessage: async (request) => {
        await resolveLid(request.jid)
        return alone(() => receive(request.ciphertext, request.jid, () => inner.decryptMessage(request)))
      },
      decryptGroupMessage: (request) =>
        alone(() => receive(request.msg, request.group, () => inner.decryptGroupMessage(request))),
      encryptMessage: async (request) => {
        await resolveLid(request.jid)
        return alone(() => inner.encryptMessage(request))
      },
      injectE2ESession: async (request) => {
        await resolveLid(request.jid)
        return alone(() => inner.injectE2ESession(request))
      },
      encryptGroupMessage: (request) => alone(() => inner.encryptGroupMessage(request)),
      getSenderKeyDistributionMessage: (request) => alone(() => inner.getSenderKeyDistributionMessage(request)),
      processSenderKeyDistributionMessage: (request) => alone(() => inner.processSenderKeyDistributionMessage(request)),
      deleteSession: (jids) => alone(() => inner.deleteSession(jids)),
      migrateSession: (from, to) => alone(() => inner.migrateSession(from, to)),
      validateSession: (jid) => outsideOfTransactions(() => inner.validateSession(jid)),
      getSessionInfo: (jid) => outsideOfTransactions(() => inner.getSessionInfo(jid)),
      hasSenderKey: (request) => outsideOfTransactions(() => inner.hasSenderKey(request)),
    }
  }
}
