import { proto, type AuthenticationCreds } from '@whiskeysockets/baileys'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import { PENDING_APP_STATE } from './app-state.ts'
import { encodeValue } from '../signal/codec.ts'

const { HistorySyncType } = proto.Message

/**
 * Reads the protocol messages of our own phone: collects the app state keys to store and recognizes notices of other messages.
 */
export class FromPhone {
  readonly #creds: AuthenticationCreds
  readonly #wantsFullHistory: () => boolean

  constructor(creds: AuthenticationCreds, options: { wantsFullHistory: () => boolean }) {
    this.#creds = creds
    this.#wantsFullHistory = options.wantsFullHistory
  }

  /**
   * Returns the keys to store in the mutation of the message, since the message comes only once. `tells` is true when the message
   * tells of other messages, which are read later, since reading them takes longer.
   */
  readonly take = (protocol: proto.Message.IProtocolMessage): { keys: KeyChanges; tells: boolean } => ({
    keys: this.#appStateKeys(protocol.appStateSyncKeyShare?.keys ?? []),
    tells: this.#tells(protocol),
  })

  #tells({
    historySyncNotification,
    peerDataOperationRequestResponseMessage,
    lidMigrationMappingSyncMessage,
  }: proto.Message.IProtocolMessage) {
    if (historySyncNotification) return this.#wantsHistory(historySyncNotification)
    if (lidMigrationMappingSyncMessage) return true
    const results = peerDataOperationRequestResponseMessage?.peerDataOperationResult ?? []
    return results.some(({ placeholderMessageResendResponse }) => placeholderMessageResendResponse)
  }

  #wantsHistory({ syncType }: proto.Message.IHistorySyncNotification): boolean {
    if (syncType === HistorySyncType.INITIAL_STATUS_V3) return false
    return syncType !== HistorySyncType.FULL || this.#wantsFullHistory()
  }

  /** Returns the shared keys and marks all collections as pending, since they may have waited for these keys. */
  #appStateKeys(keys: readonly proto.Message.IAppStateSyncKey[]): KeyChanges {
    const shared = keys.flatMap(({ keyId, keyData }) =>
      keyId?.keyId && keyData ? [{ id: Buffer.from(keyId.keyId).toString('base64'), data: keyData }] : [],
    )
    const last = shared.at(-1)
    if (!last) return {}
    Object.assign(this.#creds, { myAppStateKeyId: last.id })
    return {
      'app-state-sync-key': Object.fromEntries(shared.map(({ id, data }) => [id, encodeValue('app-state-sync-key', data)])),
      ...PENDING_APP_STATE,
    }
  }
}
