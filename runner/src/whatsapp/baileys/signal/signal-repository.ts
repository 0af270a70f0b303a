import {
  DEFAULT_CONNECTION_CONFIG,
  isPnUser,
  jidDecode,
  jidNormalizedUser,
  type LIDMapping,
  type SignalKeyStoreWithTransaction,
  type SocketConfig,
} from '@whiskeysockets/baileys'
import type { SessionState } from '../../session-state.ts'
import { hashOfKeys } from './begun-sessions.ts'
import { isOldKey } from './group-keys.ts'
import type { KeyStore } from './key-store.ts'
import { usersOf } from '../receive/history-contacts.ts'
import { mappingChanges, ownDeviceOf } from './lid-moves.ts'
import type { LidMap } from './lid-map.ts'
import type { AskForLids, MissingLids } from './missing-lids.ts'
import type { Receiving } from '../receive/receiving.ts'
import type { SerialQueue } from './serial-queue.ts'

type Repository = ReturnType<SocketConfig['makeSignalRepository']>

/**
 * Makes Baileys' Signal repository with these differences:
 *
 * - Received messages go through the inbox (see `Receiving`).
 * - Each operation is a transaction of its own, outside of the sender's, so that the ratchet step of a message to send is
 *   journaled before its frame.
 * - All operations of a session pass one queue.
 * - A contact has one set of entries under all its names. When a LID becomes known, the same mutation moves all entries of the
 *   phone number. Group keys are kept under the LID of their sender.
 * - The same keys never begin a second session, unless they lack a one-time key.
 * - A number without a LID gets keys under its number, and is not queried for a LID again and again.
 * - The identity with which a session begins is stored. Otherwise the contact's own first message would seem to bring another
 *   identity, which would end the session.
 */
export function makeSignalRepository(options: {
  state: SessionState
  keyStore: KeyStore
  names: LidMap
  queue: SerialQueue
  receiving: Receiving
  missingLids: MissingLids
  askForLids: AskForLids
  me: () => { id: string; lid?: string | undefined } | undefined
}): SocketConfig['makeSignalRepository'] {
  const { state, keyStore, names, queue, receiving, missingLids, askForLids, me } = options
  return (auth, logger) => {
    keyStore.install(auth.keys as SignalKeyStoreWithTransaction)
    const lookUp = (phones: string[]) => missingLids.lookUp(phones, askForLids)
    const inner: Repository = DEFAULT_CONNECTION_CONFIG.makeSignalRepository(auth, logger, lookUp)
    const { lidMapping } = inner
    const alone = <T>(work: () => Promise<T>): Promise<T> => queue.run(() => keyStore.outside(work))

    /** Looks up the LID of a JID before the turn in the queue, since the lookup may query the server. */
    const resolveLid = async (jid: string): Promise<void> => {
      if (isPnUser(jid)) await lidMapping.getLIDForPN(jid).catch(() => null)
    }

    const learn = (pairs: readonly LIDMapping[]): Promise<void> =>
      alone(() =>
        keyStore.transaction(async (transaction) => {
          const users = pairs.flatMap(usersOf)
          transaction.join(mappingChanges(state.image, users, ownDeviceOf(me())))
        }, 'lid-mapping'),
      )

    /** Fetches what clean-up has archived of a chat, also before the turn in the queue: the store may be away for a while. */
    const fetchSession = (jid: string): Promise<void> =>
      keyStore.fetchArchived('session', [inner.jidToSignalProtocolAddress(authorOf(jid))])
    const senderKeyName = (group: string, author: string): string =>
      `${group}::${inner.jidToSignalProtocolAddress(author).replace('.', '::')}`
    const fetchSenderKey = (group: string, author: string): Promise<void> =>
      keyStore.fetchArchived('sender-key', [senderKeyName(group, author)])

    const store = lidMapping.storeLIDPNMappings.bind(lidMapping)
    lidMapping.storeLIDPNMappings = async (pairs) => {
      await learn(pairs)
      // Baileys finds the pairs stored and only takes them into its memory.
      await store(pairs)
    }

    nameEverybody(lidMapping)

    const authorOf = (jid: string): string => names.lidOf(jid) ?? jid

    return {
      ...inner,
      decryptMessage: async (request) => {
        await resolveLid(request.jid)
        await fetchSession(request.jid)
        return alone(() => receiving.decrypt(request.ciphertext, request.jid, () => inner.decryptMessage(request)))
      },
      decryptGroupMessage: async (request) => {
        const known = { ...request, authorJid: authorOf(request.authorJid) }
        await fetchSenderKey(known.group, known.authorJid)
        return alone(() => receiving.decrypt(request.msg, request.group, () => inner.decryptGroupMessage(known)))
      },
      encryptMessage: async (request) => {
        await resolveLid(request.jid)
        await fetchSession(request.jid)
        return alone(() => inner.encryptMessage(request))
      },
      injectE2ESession: async (request) => {
        await resolveLid(request.jid)
        await fetchSession(request.jid)
        const address = inner.jidToSignalProtocolAddress(authorOf(request.jid))
        const keys = hashOfKeys(request.session)
        // A contact without one-time keys gives the same keys each time, and can read each session that they begin.
        const isBegun = async () =>
          request.session.preKey !== undefined &&
          state.image.get('begun-with', address) === keys &&
          (await inner.validateSession(request.jid)).exists
        await alone(() =>
          keyStore.transaction(async (transaction) => {
            if (await isBegun()) return
            await inner.injectE2ESession(request)
            transaction.join({ 'begun-with': { [address]: keys } })
            transaction.set({ 'identity-key': { [address]: new Uint8Array(request.session.identityKey) } })
          }, request.jid),
        )
      },
      encryptGroupMessage: async (request) => {
        await fetchSenderKey(request.group, request.meId)
        return alone(() => inner.encryptGroupMessage(request))
      },
      getSenderKeyDistributionMessage: async (request) => {
        await fetchSenderKey(request.group, request.meId)
        return alone(() => inner.getSenderKeyDistributionMessage(request))
      },
      processSenderKeyDistributionMessage: async (request) => {
        const known = { ...request, authorJid: authorOf(request.authorJid) }
        const name = senderKeyName(request.item.groupId ?? '', known.authorJid)
        await keyStore.fetchArchived('sender-key', [name])
        await alone(() =>
          keyStore.transaction(async (transaction) => {
            // A key in the archive has to be back before it is compared with the one that came.
            await keyStore.store.get('sender-key', [name])
            if (isOldKey(transaction, inner.jidToSignalProtocolAddress(known.authorJid), known.item)) return
            await inner.processSenderKeyDistributionMessage(known)
          }, request.item.groupId ?? 'group'),
        )
      },
      deleteSession: (jids) => alone(() => inner.deleteSession([...new Set([...jids, ...jids.map(authorOf)])])),
      migrateSession: async (from, to) => {
        await learn([{ pn: jidNormalizedUser(from), lid: jidNormalizedUser(to) }])
        return { migrated: 0, skipped: 0, total: 0 }
      },
      validateSession: (jid) => keyStore.outside(() => inner.validateSession(jid)),
      getSessionInfo: (jid) => keyStore.outside(() => inner.getSessionInfo(jid)),
      hasSenderKey: (request) => keyStore.outside(() => inner.hasSenderKey(request)),
    }
  }
}

/**
 * Adds the numbers without a LID to the names under which Baileys requests keys. `assertSessions` takes these names from
 * `getLIDsForPNs` and would request nothing for such a number, so that the contact could not be written to, and a message that it
 * asks for again would go into its lost session. Every other lookup is one of a single number, and answers as before.
 */
function nameEverybody(lidMapping: Repository['lidMapping']): void {
  const lidsOf = lidMapping.getLIDsForPNs.bind(lidMapping)
  lidMapping.getLIDForPN = async (phone) => (await lidsOf([phone]))?.[0]?.lid ?? null
  lidMapping.getLIDsForPNs = async (phones) => {
    const known = (await lidsOf(phones)) ?? []
    const found = new Set(known.map(({ pn }) => deviceOf(pn)))
    const others = phones.filter((pn) => isPnUser(pn) && !found.has(deviceOf(pn)))
    return [...known, ...others.map((pn) => ({ pn, lid: pn }))]
  }
}

function deviceOf(jid: string): string {
  const { user = '', device = 0 } = jidDecode(jid) ?? {}
  return `${user}:${device}`
}
