// A question or an order of a client (`iq`), which is answered or refused.
import type { Account } from './account.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Stanza } from './stanzas.ts'

export interface Order {
  readonly account: Account
  readonly device: LinkedDevice
  readonly iq: Stanza
  /** The first child, which says what is asked. */
  readonly child: Stanza
  answer(content?: Stanza[]): void
  refuse(code?: string, text?: string): void
}
