import { sessionPath } from '@holdfast/core/documents/session-document'
import type { Clock, Fields, Merge } from '@holdfast/core/ports'
import type { ReasonCode, SessionState as StateName } from '@holdfast/core/session-states'
import type { Claim } from './claim.ts'
import type { Engine } from './engine.ts'
import { stateFields } from './session-fields.ts'

/** What a session says of itself: in its document, along with journal records, and in its runner's heartbeat. */
export class SessionStatus {
  readonly #claim: Claim
  readonly #clock: Clock
  #state: StateName
  #lastProofOfLifeMs: number | null = null

  constructor(claim: Claim, clock: Clock, state: StateName) {
    this.#claim = claim
    this.#clock = clock
    this.#state = state
  }

  /** For the heartbeat. */
  snapshot(muted: boolean): { state: StateName; epoch: number; lastProofOfLifeAt: Date | null } {
    const state = muted ? 'MUTED' : this.#state
    return { state, epoch: this.#claim.head.epoch, lastProofOfLifeAt: dateOf(this.#lastProofOfLifeMs) }
  }

  /** WhatsApp's server was heard. */
  provedAlive(): void {
    this.#lastProofOfLifeMs = this.#clock.now()
  }

  /** The session is in this state from now on; the writes that say so. */
  enter(state: StateName, reason: ReasonCode, fields: Fields, engine: Engine | null): (place: { sequence: number }) => Merge[] {
    this.#state = state
    return this.writes({ ...stateFields(state, reason), ...fields }, engine)
  }

  /** Writes to the session's document, along with what is known for nothing. */
  writes(fields: Fields, engine: Engine | null): (place: { sequence: number }) => Merge[] {
    const before = this.#claim.session.counters
    const { received, lastReceivedMs } = engine?.inbox.figures ?? { received: 0, lastReceivedMs: null }
    const known = {
      counters: { sent: before.sent + (engine?.outbox.sent ?? 0), received: before.received + received },
      ...(this.#lastProofOfLifeMs === null ? {} : { lastProofOfLifeAt: dateOf(this.#lastProofOfLifeMs) }),
      ...(lastReceivedMs === null ? {} : { lastInboundAt: dateOf(lastReceivedMs) }),
    }
    const path = sessionPath(this.#claim.sessionId)
    return ({ sequence }) => [{ kind: 'merge', path, fields: { ...known, ...fields, journalHead: sequence } }]
  }
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))
