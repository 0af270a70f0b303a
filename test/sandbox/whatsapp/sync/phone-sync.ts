// What a phone does for its companions besides messages: it briefs a new one, and answers when one asks it for something.
import type { proto } from '@whiskeysockets/baileys'
import type { LinkedDevice } from '../linked-device.ts'
import type { Services } from '../services.ts'
import type { Account } from '../world.ts'
import { keyShare } from './app-state-keys.ts'
import { PeerMessages } from './peer-messages.ts'
import { PhoneHistory } from './phone-history.ts'

export class PhoneSync {
  readonly #services: Services
  readonly #messages = new PeerMessages()
  readonly #history: PhoneHistory

  constructor(services: Services) {
    this.#services = services
    this.#history = new PhoneHistory(services, this.#messages)
  }

  /** A companion is ready to receive: one that is new is told the keys of the app state, and then the past. */
  greet(account: Account, device: LinkedDevice): void {
    if (device.isBriefed) return
    device.isBriefed = true
    this.#run(async () => {
      if (account.keyShare) await this.#shareKeys(account, device)
      await this.#history.tell(account, device)
      this.#services.happenings.tell('briefed', { phone: account.phone, deviceJid: device.jid })
    })
  }

  /** The phone has read a message that one of its companions sent to it alone. */
  hear(account: Account, device: LinkedDevice, id: string, message: proto.IMessage): void {
    const { protocolMessage } = message.deviceSentMessage?.message ?? message
    const request = protocolMessage?.peerDataOperationRequestMessage?.historySyncOnDemandRequest
    if (request) this.#run(() => this.#history.answer(account, device, id, request))
  }

  async #shareKeys(account: Account, device: LinkedDevice): Promise<void> {
    const keys = account.appStateKeys
    const keyIds = keys.map(({ id }) => id.toString('base64'))
    await this.#messages.send(account, device, keyShare(keys), { kind: 'APP_STATE_SYNC_KEY_SHARE', keyIds })
  }

  #run(job: () => Promise<void>): void {
    job().catch((error: unknown) => this.#services.violations.record('simulator-fault', String(error)))
  }
}
