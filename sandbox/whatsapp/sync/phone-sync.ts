// A phone's services for its companions: it briefs a new one, and answers requests.
import { proto } from '@whiskeysockets/baileys'
import type { LinkedDevice } from '../linked-device.ts'
import type { Services } from '../services.ts'
import type { Account } from '../account.ts'
import { keyName, keyShare } from './app-state-keys.ts'
import type { AppStateKey } from './app-state-keys.ts'
import { AppStateServer } from './app-state-server.ts'
import { PeerMessages } from './peer-messages.ts'
import { PhoneHistory } from './phone-history.ts'

const { APP_STATE_SYNC_KEY_REQUEST } = proto.Message.ProtocolMessage.Type

export class PhoneSync {
  readonly appState: AppStateServer
  readonly #services: Services
  readonly #messages = new PeerMessages()
  readonly #history: PhoneHistory

  constructor(services: Services) {
    this.#services = services
    this.appState = new AppStateServer(services)
    this.#history = new PhoneHistory(services, this.#messages)
  }

  /** Begins when a companion is ready: a new one gets the app-state keys and then the past. */
  greet(account: Account, device: LinkedDevice): void {
    if (device.isBriefed || !account.isOnline) return
    device.isBriefed = true
    this.#run(async () => {
      if (account.keyShare) await this.shareKeys(account, device, [...account.appState.keys.values()])
      await this.#history.tell(account, device)
      this.#services.happenings.tell('briefed', { phone: account.phone, deviceJid: device.jid })
    })
  }

  /** Handles a message that a companion sent to the phone alone. */
  hear(account: Account, device: LinkedDevice, id: string, message: proto.IMessage): void {
    if (!account.isOnline) return
    const { protocolMessage } = message.deviceSentMessage?.message ?? message
    const request = protocolMessage?.peerDataOperationRequestMessage?.historySyncOnDemandRequest
    if (request) this.#run(() => this.#history.answer(account, device, id, request))
    if (protocolMessage?.type === APP_STATE_SYNC_KEY_REQUEST) {
      this.#answerKeyRequest(account, device, protocolMessage.appStateSyncKeyRequest?.keyIds ?? [])
    }
  }

  /** Resolves when the message with the keys is queued. */
  async shareKeys(account: Account, device: LinkedDevice, keys: readonly AppStateKey[]): Promise<void> {
    const keyIds = keys.map(({ id }) => keyName(id))
    await this.#messages.send(account, device, keyShare(keys), { kind: 'APP_STATE_SYNC_KEY_SHARE', keyIds })
  }

  /** Answers with the keys that the phone has, and says nothing of the others. */
  #answerKeyRequest(account: Account, device: LinkedDevice, asked: readonly proto.Message.IAppStateSyncKeyId[]): void {
    const keys = asked.flatMap(({ keyId }) => account.appState.keys.get(keyName(keyId ?? Buffer.alloc(0))) ?? [])
    this.#services.happenings.tell('app-state-key-request', { phone: account.phone, asked: asked.length, known: keys.length })
    if (keys.length > 0) this.#run(() => this.shareKeys(account, device, keys))
  }

  #run(job: () => Promise<void>): void {
    job().catch((error: unknown) => this.#services.violations.record('simulator-fault', String(error)))
  }
}
