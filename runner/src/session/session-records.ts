import type { ReasonCode, SessionState } from '@holdfast/core/session/session-states'
import type { Engine } from './engine.ts'
import type { StatusDetails } from './events/session-event.ts'
import { withWrites, type Entry } from './journal/group.ts'
import type { Journal } from './journal/journal.ts'
import type { Recovery } from './recovery/recovery.ts'
import type { SessionStatus } from './session-status.ts'

/** Appends the records of one session: through its state while that is in memory, else to its journal alone. */
export class SessionRecords {
  readonly #journal: Journal
  readonly #status: SessionStatus
  readonly #engine: () => Engine | null
  readonly #recovery: () => Recovery

  constructor(options: { journal: Journal; status: SessionStatus; engine: () => Engine | null; recovery: () => Recovery }) {
    this.#journal = options.journal
    this.#status = options.status
    this.#engine = options.engine
    this.#recovery = options.recovery
  }

  /** Appends an entry, with what the recovery has to write. Returns its position. */
  append(entry: Entry): number {
    const whole = withWrites(entry, this.#recovery().carried())
    return this.#engine()?.state.append(whole) ?? this.#journal.append(whole)
  }

  /** Changes the state of the session and appends the event. */
  publish(state: SessionState, reason: ReasonCode, details: StatusDetails = {}): void {
    this.append({ events: [this.#status.enter(state, reason, details, this.#engine())] })
  }
}
