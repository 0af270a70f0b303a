import { unlessChanged } from '@holdfast/core/platform/unless-changed'
import { LAST_MOVE_PATH } from '@holdfast/core/operations/last-move-document'
import { type FleetRunner, nextMove } from '@holdfast/core/operations/rebalancing'
import type { Logger } from '@holdfast/core/platform/logging'
import { type Clock, type DocumentStore, SERVER_TIME } from '@holdfast/core/platform/ports'
import { ofSession } from '@holdfast/core/session/log-fields'
import { isHalted } from '@holdfast/core/session/session-states'
import type { OwnedSession } from '../session/owned-session.ts'
import type { Placement, RunnerSeen } from './placement.ts'

/** Age up to which the list of runners of the last look will do to make a move, ms. */
const LIST_AGE_MS = 5000

/** Time after which a move counts as done, whether or not the other runner's heartbeat shows the session, ms. */
const SEEN_AFTER_MS = 10_000

/** The least time between two moves of the whole fleet, by Firestore's times. */
const PACE_MS = 1000

/** Gives sessions to emptier runners, one at a time. `core/src/operations/rebalancing.ts` decides. */
export class Rebalancer {
  readonly #options
  /** Moves of this runner that the heartbeats of others do not show yet: to whom, and since when. */
  readonly #underWay = new Map<string, { readonly to: string; readonly sinceMs: number }>()
  #isLooking = false

  constructor(options: {
    documents: DocumentStore
    clock: Clock
    logger: Logger
    runnerId: string
    placement: Placement
    sessions: ReadonlyMap<string, OwnedSession>
    /** Whether the fleet, WhatsApp or Google is in trouble, as this runner knows. */
    seesOutage: () => boolean
  }) {
    this.#options = options
  }

  /** Makes the next move if it is this runner's. Never rejects. */
  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#move()
    } catch (error) {
      this.#options.logger.warn({ error }, 'Balancing the sessions of the runners failed; trying again.')
    } finally {
      this.#isLooking = false
    }
  }

  async #move(): Promise<void> {
    const { placement, sessions, seesOutage, runnerId, logger, clock } = this.#options
    if (seesOutage() || sessions.size === 0) return
    const next = (runners: readonly RunnerSeen[]) => nextMove(runners.map((runner) => this.#viewOf(runner, runners)))
    if (next(await placement.fleetLately())?.from !== runnerId) return
    const move = next(await placement.fleet(LIST_AGE_MS))
    if (move?.from !== runnerId) return
    const session = this.#choose()
    if (!session || !(await this.#takeTurn(session.sessionId, move.to)) || !session.mayMove) return
    logger.info({ ...ofSession(session.sessionId), to: move.to }, 'A session moves to a runner that has fewer.')
    this.#underWay.set(session.sessionId, { to: move.to, sinceMs: clock.monotonic() })
    session.move(move.to)
  }

  #viewOf({ id, document, isDead }: RunnerSeen, runners: readonly RunnerSeen[]): FleetRunner {
    const { runnerId, sessions } = this.#options
    const { revision = '', state, workingSince, capacity, network } = document
    const own = id === runnerId ? [...sessions.values()].map(({ status }) => status.state) : null
    const coming = this.#comingTo(id, runners)
    return {
      id,
      revision,
      // Runners of an earlier version do not say since when they work.
      isAtWork: !isDead && state === 'active' && workingSince !== null,
      seesOutage: network !== undefined && network.verdict !== 'none',
      capacity,
      states: own ?? [
        ...Object.values(document.sessions).map((session) => session.state),
        ...Array.from({ length: coming }, () => 'CONNECTED' as const),
      ],
    }
  }

  /** The number of sessions that this runner gave to another one and that its heartbeat does not show yet. */
  #comingTo(id: string, runners: readonly RunnerSeen[]): number {
    const { clock } = this.#options
    const shown = new Set(runners.flatMap(({ document }) => Object.keys(document.sessions)))
    let coming = 0
    for (const [sessionId, { to, sinceMs }] of this.#underWay) {
      const isOwn = this.#options.sessions.has(sessionId)
      if (clock.monotonic() - sinceMs > SEEN_AFTER_MS || (shown.has(sessionId) && !isOwn)) this.#underWay.delete(sessionId)
      else if (to === id) coming++
    }
    return coming
  }

  /** One that waits for a person has no connection to lose. Of the others, the one that has received nothing for the longest time. */
  #choose(): OwnedSession | undefined {
    const mayMove = [...this.#options.sessions.values()].filter((session) => session.mayMove)
    const weight = ({ status }: OwnedSession): number =>
      isHalted(status.state) ? Number.NEGATIVE_INFINITY : (status.lastInboundAt?.getTime() ?? 0)
    return mayMove.toSorted(
      (one, other) => Math.sign(weight(one) - weight(other)) || (one.sessionId < other.sessionId ? -1 : 1),
    )[0]
  }

  /** Takes the turn of the whole fleet. False: another runner has it, or the last move is not a second old. */
  async #takeTurn(sessionId: string, to: string): Promise<boolean> {
    const { documents, runnerId } = this.#options
    const last = await documents.read(LAST_MOVE_PATH)
    if (last && last.silentForMs < PACE_MS) return false
    const fields = { v: 1, sessionId, from: runnerId, to, at: SERVER_TIME }
    try {
      await documents.commit([unlessChanged(LAST_MOVE_PATH, last, fields)])
      return true
    } catch {
      return false
    }
  }
}
