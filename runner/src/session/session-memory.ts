import { REASONS, type ReasonCode } from '@holdfast/core/session/session-states'
import { z } from 'zod'
import type { FailureRecord } from './connection/failures.ts'
import type { JournaledState } from './journal/journaled-state.ts'

/** Other connections that took this session's place, and when it may dial again. */
const replacedSchema = z.object({ atMs: z.array(z.number()), dialAtMs: z.number() })

const reasonCodes = Object.keys(REASONS) as [ReasonCode, ...ReasonCode[]]

/** What a session waits for before it dials, and until when (milliseconds since the epoch). Words of a later version are replaced. */
const waitSchema = z.object({
  untilMs: z.number(),
  state: z.enum(['CONNECTING', 'BACKOFF', 'REPLACED']).catch('BACKOFF'),
  reason: z.enum(reasonCodes).catch('whatsapp-trouble'),
})

export type Wait = z.infer<typeof waitSchema>

const failuresSchema = z.object({
  whatsapp: z.number(),
  pairings: z.number(),
  openedAtMs: z.number().nullable(),
  wait: waitSchema.nullable(),
})

/** The failures that an earlier owner counted, and what it was waiting for. */
export interface RememberedFailures {
  readonly failures: FailureRecord
  readonly wait: Wait | null
}

/**
 * What one owner tells the next through the journal.
 *
 * PERSISTED CONTRACT v1: kind `meta` of the state image: `everLoggedIn` (`1`), `loggedOut` (`1`), `archived` (`1`),
 * `replaced` (JSON), `failures` (JSON).
 */
export class SessionMemory {
  readonly #state: JournaledState

  constructor(state: JournaledState) {
    this.#state = state
  }

  /** WhatsApp has accepted a login of this identity: a 401 means that it was unlinked. */
  get everLoggedIn(): boolean {
    return this.#state.image.get('meta', 'everLoggedIn') !== undefined
  }

  /** The phone has unlinked this identity. */
  get loggedOut(): boolean {
    return this.#state.image.get('meta', 'loggedOut') !== undefined
  }

  /** What the logged-out identity left was put aside. */
  get archived(): boolean {
    return this.#state.image.get('meta', 'archived') !== undefined
  }

  /** Null when there were none, or none of a shape that is known here. */
  get failures(): RememberedFailures | null {
    const replaced = this.#read('replaced', replacedSchema)
    const counted = this.#read('failures', failuresSchema)
    if (!replaced && !counted) return null
    const { wait, ...rows } = counted ?? { whatsapp: 0, pairings: 0, openedAtMs: null, wait: waitAfter(replaced?.dialAtMs ?? 0) }
    return { failures: { ...rows, replacedAtMs: replaced?.atMs ?? [] }, wait }
  }

  rememberLogin(): void {
    if (!this.everLoggedIn) this.#write({ everLoggedIn: '1' })
  }

  rememberLogout(): void {
    this.#write({ loggedOut: '1' })
  }

  rememberArchived(): void {
    this.#write({ archived: '1' })
  }

  /** Rides on the next record, which is to be the one that says what the session waits for. */
  rememberFailures({ failures: { replacedAtMs, ...rows }, wait }: RememberedFailures): void {
    const isNothing = rows.whatsapp === 0 && rows.pairings === 0 && wait === null
    const replaced = { atMs: replacedAtMs, dialAtMs: wait?.untilMs ?? 0 }
    this.#carry({
      failures: isNothing ? null : JSON.stringify({ ...rows, wait }),
      replaced: replacedAtMs.length === 0 ? null : JSON.stringify(replaced),
    })
  }

  /** The identity that this was true of has ended. */
  forgetIdentity(): void {
    this.#write({ loggedOut: null, everLoggedIn: null, archived: null })
  }

  #read<Schema extends z.ZodType>(id: string, schema: Schema): z.infer<Schema> | null {
    const encoded = this.#state.image.get('meta', id)
    return encoded === undefined ? null : (schema.safeParse(JSON.parse(encoded)).data ?? null)
  }

  #write(meta: Record<string, string | null>): void {
    this.#state.change({ keys: { meta } })
  }

  /** What is as it was makes no record longer. */
  #carry(meta: Record<string, string | null>): void {
    const changed = Object.entries(meta).filter(([id, value]) => (this.#state.image.get('meta', id) ?? null) !== value)
    if (changed.length > 0) this.#state.later({ meta: Object.fromEntries(changed) })
  }
}

/** An owner of an earlier version remembered only that the session was replaced. */
const waitAfter = (dialAtMs: number): Wait => ({ untilMs: dialAtMs, state: 'REPLACED', reason: 'replaced-waiting' })
