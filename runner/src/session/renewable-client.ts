import type { Client, Connect } from '../whatsapp/port.ts'

/** A client that can be made anew on the same state, without what it keeps in memory. */
export class RenewableClient implements Client {
  readonly #make: () => Client
  #client: Client

  constructor(make: () => Client) {
    this.#make = make
    this.#client = make()
  }

  /** Must be called while there is no connection. */
  renew(): void {
    this.#client = this.#make()
  }

  readonly connect: Connect = (events) => this.#client.connect(events)

  get me(): Client['me'] {
    return this.#client.me
  }

  get historyReader(): Client['historyReader'] {
    return this.#client.historyReader
  }

  describeSent(sent: Parameters<Client['describeSent']>[0]): ReturnType<Client['describeSent']> {
    return this.#client.describeSent(sent)
  }

  get media(): Client['media'] {
    return this.#client.media
  }

  renewIdentity(): void {
    this.#client.renewIdentity()
  }

  contactOf(chat: string): string {
    return this.#client.contactOf(chat)
  }

  isNewChat(chat: string): boolean {
    return this.#client.isNewChat(chat)
  }
}
