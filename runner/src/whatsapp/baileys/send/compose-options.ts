import type { Composition } from '../../port.ts'
import type { Me } from './names-in-messages.ts'

/** Everything that a message is made of. */
export interface ComposeOptions extends Composition {
  /** Seconds; 0: it stays. */
  readonly disappearsAfter: number
  readonly me: Me
  /** The members of the group, if the content mentions all of them. */
  readonly members: readonly string[]
  readonly nowMs: number
}
