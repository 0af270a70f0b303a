import type { ValueCodec } from './value-codec.ts'

/** The part of the program that writes the values and decides their shape: Baileys itself, or a folder of the runner. */
type StateWriter = 'baileys' | 'signal' | 'receive' | 'send' | 'inbox' | 'outbox' | 'session'

type StateCodec =
  | ValueCodec<unknown>
  /** JSON with bytes as base64, written and read by the runner's `whatsapp/baileys/signal/codec.ts` only. */
  | { readonly format: 'baileys' }
  /** Each id has a codec of its own. */
  | { readonly format: 'by-id'; readonly ids: Readonly<Record<string, ValueCodec<unknown>>> }

/** The rule by which clean-up may remove entries. */
export type PruneRule = { readonly because: string } & (
  | { readonly rule: 'never' }
  /** Clean-up removes none: the writer removes an entry when its work is done. */
  | { readonly rule: 'when-done' }
  /** Parts of a value are removed, judged by the messages that came from the contact since. */
  | { readonly rule: 'heard'; readonly olderSessions: number; readonly spentChains: number; readonly closedChains: number }
  /** Ids are numbers. Entries that are further behind the newest id than the distance are removed. */
  | { readonly rule: 'behind-newest'; readonly distance: number }
  /**
   * Entries are removed at this age, and the oldest ones earlier when there are more than `max`. `unackedAfterMs` is the age for
   * rows whose receipt WhatsApp has not acknowledged.
   */
  | { readonly rule: 'age'; readonly afterMs: number; readonly max: number; readonly unackedAfterMs?: number }
  /** The oldest entries are removed when there are more than `max`. */
  | { readonly rule: 'count'; readonly max: number }
)

/**
 * The rule by which clean-up moves Signal records to the archive. Exactly the kinds with such a rule are counted; see
 * `session/record-levels.ts`.
 *
 * unused       records that were not used for some days, of the age that the tenant has set for `age`
 * not-offered  keys behind the newest ones that the server has none of any more
 */
export type CleanUpRule = { readonly rule: 'unused'; readonly age: 'session' | 'sender-key' } | { readonly rule: 'not-offered' }

/**
 * The effect of a restore that loses the newest records. `whatsapp/baileys/signal/rekey.ts` of the runner applies it.
 *
 * kept              nothing changes
 * dropped           all entries are removed
 * sessions-closed   open Signal sessions are closed
 * own-keys-dropped  the sender keys of our own device are removed
 * all-pending       every collection is fetched again
 * marked-stale      archived sessions come back closed, and our own sender keys do not come back
 */
export type AfterLoss = 'kept' | 'dropped' | 'sessions-closed' | 'own-keys-dropped' | 'all-pending' | 'marked-stale'

/** What the table of kinds says about one kind of the state image. */
export interface StateKindEntry {
  /** The content of one entry. */
  readonly holds: string
  /** The meaning of its id. */
  readonly id: string
  readonly owner: StateWriter
  readonly codec: StateCodec
  /** True when all entries are dropped once the device is linked anew: the next identity cannot use them. */
  readonly isOfIdentity: boolean
  readonly prune: PruneRule
  readonly afterLoss: AfterLoss
  /** Absent: clean-up never touches the kind, and its records are not counted. */
  readonly cleanUp?: CleanUpRule
}
