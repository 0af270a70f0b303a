// A stock client's events of history and app state, collected over all its sockets.
import type { BaileysEventMap, WASocket } from '@whiskeysockets/baileys'

export class SyncEvents {
  readonly history: BaileysEventMap['messaging-history.set'][] = []
  readonly chatUpdates: BaileysEventMap['chats.update'] = []
  readonly contacts: BaileysEventMap['contacts.upsert'] = []
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  follow(ev: WASocket['ev']): void {
    ev.on('messaging-history.set', (set) => this.#take(() => this.history.push(set)))
    ev.on('chats.update', (updates) => this.#take(() => this.chatUpdates.push(...updates)))
    ev.on('contacts.upsert', (contacts) => this.#take(() => this.contacts.push(...contacts)))
  }

  /** Ids of all messages of the past, in the order of arrival. */
  get historyIds(): string[] {
    return this.history.flatMap(({ messages }) => messages.map(({ key }) => key.id ?? ''))
  }

  #take(change: () => void): void {
    change()
    this.#onChange()
  }
}
