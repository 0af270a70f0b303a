import type { Alert } from '@holdfast/core/operations/alerts'

/** An alert that the facts ask for. */
export interface WantedAlert extends Alert {
  /** For alerts about one session: whom and what they share with others of the same cause. Null: never grouped. */
  readonly session: { readonly sessionId: string; readonly tenant: string; readonly runnerId: string | null } | null
}
