import { proxyFieldsOf } from '@holdfast/core/operations/session-proxy'
import { recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { Deadline, within } from '@holdfast/core/platform/deadlines'
import { isHandedOut, SESSIONS, type SessionDocument } from '@holdfast/core/session/session-document'
import { type HoldfastError, isDamage, isHoldfastError, isStoreTrouble } from '@holdfast/core/platform/errors'
import { ofSession } from '@holdfast/core/session/log-fields'
import { isMark } from '@holdfast/core/session/session-states'
import { SERVER_TIME, type Change, type ListenerEvent } from '@holdfast/core/platform/ports'
import { HAND_OVER_PLAN, HAND_OVER_WITHIN_MS } from '../session/hand-over.ts'
import { claimSession, reportDamage } from '../session/claim.ts'
import { mayRestoreUnclaimedWithLosses } from '../session/auto-restore-policy.ts'
import { OwnedSession } from '../session/owned-session.ts'
import type { OwnedSessionDependencies } from '../session/session-parts.ts'
import type { ActionFeed } from './action-feed.ts'
import type { Heartbeat, Leaving } from './heartbeat.ts'
import type { Candidate, Placement } from './placement.ts'
import type { Rebalancer } from './rebalancer.ts'
import type { TenantFeed } from './tenant-feed.ts'

/** Interval of looks for sessions without an owner. */
const LOOK_INTERVAL_MS = 1000

/** The shortest wait for an extra look. */
const SHORTEST_WAIT_MS = 20

/** Delay of each next rank. */
const RANK_DELAY_MS = 250

/** Pause before this process tries a session again that it had to give up. */
const GIVEN_UP_PAUSE_MS = 5000
const LONGEST_PAUSE_MS = 5 * 60_000

/** Time after which a claim without an answer is given up. If it succeeds later, the session is claimed again. */
const CLAIM_WITHIN_MS = 60_000

/** Pause before the next look at a session with a damaged state, which an operator may have repaired. */
const UNCLAIMABLE_PAUSE_MS = 60_000

/** The same while the wrapping key cannot be used, which may be over by itself. */
const KEY_PAUSE_MS = 10_000

/** The pause between two sessions that a leaving runner lets go, and the time after which all are on their way. */
const LET_GO_EVERY_MS = 100
const ALL_LET_GO_WITHIN_MS = HAND_OVER_WITHIN_MS / 2

/** Runs the sessions of one runner: claims sessions without an owner, follows their `wanted` field, and hands them over at the end. */
export class Supervisor {
  readonly #dependencies: OwnedSessionDependencies
  readonly #heartbeat: Heartbeat
  readonly #placement: Placement
  readonly #actions: ActionFeed
  readonly #tenants: TenantFeed
  readonly #capacity: number
  readonly #oldRevisionWaitMs: number
  readonly #sessions: Map<string, OwnedSession>
  readonly #rebalancer: Rebalancer | null
  readonly #running = new Map<string, Promise<void>>()
  readonly #claiming = new Set<string>()
  readonly #claims = new Set<Promise<void>>()
  /** Sessions whose documents name this runner. One without a loop (given up, or claimed without an answer) is claimed again. */
  readonly #ours = new Set<string>()
  /** Sessions that this process gave up: how often in a row, and until when it leaves them alone. */
  readonly #givenUp = new Map<string, { times: number; until: number }>()
  /** Sessions that could not be claimed, and until when this process leaves them alone. */
  readonly #unclaimable = new Map<string, number>()
  /** Set when this process leaves. */
  #leaving: Deadline | null = null
  #looking: Promise<void> | null = null
  #stopLooking: () => void = () => {}
  /** Ends the wait for the death of a silent runner. */
  #stopWaiting: () => void = () => {}
  #stopListening: () => void = () => {}
  #stopRetry: () => void = () => {}

  constructor(options: {
    dependencies: OwnedSessionDependencies
    heartbeat: Heartbeat
    placement: Placement
    actions: ActionFeed
    tenants: TenantFeed
    capacity: number
    /** How long this runner leaves a session to runners of a newer revision. */
    oldRevisionWaitMs: number
    /** Absent: sessions stay where they are. */
    rebalancer?: Rebalancer
    /** Shared with the heartbeat, which vouches for them. */
    sessions: Map<string, OwnedSession>
  }) {
    this.#dependencies = options.dependencies
    this.#heartbeat = options.heartbeat
    this.#placement = options.placement
    this.#actions = options.actions
    this.#tenants = options.tenants
    this.#capacity = options.capacity
    this.#oldRevisionWaitMs = options.oldRevisionWaitMs
    this.#sessions = options.sessions
    this.#rebalancer = options.rebalancer ?? null
  }

  async start(): Promise<void> {
    await Promise.all([this.#heartbeat.start(), this.#tenants.start()])
    if (this.#leaving) return
    this.#listen()
    this.#actions.start((sessionIds) => this.#asked(sessionIds))
    this.#stopLooking = this.#dependencies.clock.every(LOOK_INTERVAL_MS, () => this.#look(), 'supervisor')
    this.#look()
  }

  /**
   * Hands all sessions over. The caller ends the process at the deadline; the next owner takes a remaining session as after a crash.
   */
  async leave(deadline: Deadline, because: Leaving = 'told'): Promise<void> {
    this.#leaving = deadline
    this.#stopLooking()
    this.#stopWaiting()
    this.#stopRetry()
    this.#tenants.stop()
    await Promise.all([this.#letGo(deadline), this.#heartbeat.drain(because), this.#looking])
    // A claim that hangs takes no time from the farewell.
    const forClaims = Math.max(0, deadline.remainingMs - HAND_OVER_PLAN.farewell)
    await new Deadline(this.#dependencies.clock, forClaims).wait(Promise.all(this.#claims))
    await Promise.all(this.#running.values())
    this.#stopListening()
    this.#actions.stop()
    await this.#heartbeat.stop()
  }

  /** Tells all sessions to leave. Connected ones go one after the other: each works on until the other runners have time for it. */
  async #letGo(deadline: Deadline): Promise<void> {
    const { clock } = this.#dependencies
    const isConnected = ({ status }: OwnedSession): boolean => status.state === 'CONNECTED'
    const { connected = [], idle = [] } = Object.groupBy(this.#sessions.values(), (session) =>
      isConnected(session) ? 'connected' : 'idle',
    )
    for (const session of idle) session.leave(deadline)
    const pauseMs = Math.min(LET_GO_EVERY_MS, ALL_LET_GO_WITHIN_MS / connected.length)
    for (const [index, session] of connected.entries()) {
      if (index > 0) await clock.sleep(pauseMs, 'supervisor')
      session.leave(deadline)
    }
  }

  #look(): void {
    if (this.#looking || this.#leaving || this.#heartbeat.muted) return
    this.#looking = this.#takeOver()
      .then(() => {
        this.#lookAtDeath()
        void this.#rebalancer?.look()
      })
      .catch((error: unknown) => this.#dependencies.logger.warn({ error }, 'Looking for sessions failed; trying again.'))
      .finally(() => {
        this.#looking = null
      })
  }

  /** Looks again in the moment in which a silent runner counts as dead, if that is before the next look. */
  #lookAtDeath(): void {
    this.#stopWaiting()
    const { nextDeathMs } = this.#placement
    if (nextDeathMs >= LOOK_INTERVAL_MS) return
    this.#stopWaiting = this.#dependencies.clock.after(Math.max(nextDeathMs, SHORTEST_WAIT_MS), () => this.#look(), 'supervisor')
  }

  async #takeOver(): Promise<void> {
    const free = this.#capacity - this.#sessions.size - this.#claiming.size
    const now = this.#dependencies.clock.now()
    for (const [sessionId, until] of this.#unclaimable) if (until <= now) this.#unclaimable.delete(sessionId)
    const candidates = await this.#placement.look(free, new Set(this.#unclaimable.keys()))
    const isDue = (sessionId: string) => !this.#sessions.has(sessionId) && (this.#givenUp.get(sessionId)?.until ?? 0) <= now
    const again = [...this.#ours]
      .filter((sessionId) => isDue(sessionId) && !this.#unclaimable.has(sessionId))
      .map((sessionId) => ({ sessionId, deadOwner: this.#dependencies.runnerId, rank: 0, waits: false }))
    // A session may have an open action although it is wanted offline.
    const asked = [...this.#actions.sessionIds()]
      .filter((sessionId) => isDue(sessionId) && !candidates.some((candidate) => candidate.sessionId === sessionId))
      .map((sessionId) => ({ sessionId, deadOwner: null, ...this.#placement.turnOf(sessionId) }))
    // A claim that hangs must not keep the next look from the other sessions.
    for (const candidate of [...candidates, ...again, ...asked]) {
      const claim = this.#claim(candidate)
      this.#claims.add(claim)
      void claim.finally(() => this.#claims.delete(claim))
    }
  }

  async #claim({ sessionId, deadOwner, rank, waits }: Candidate): Promise<void> {
    if (this.#sessions.has(sessionId) || this.#claiming.has(sessionId)) return
    this.#claiming.add(sessionId)
    const { clock, logger } = this.#dependencies
    const known = new Set(this.#actions.of(sessionId).map(({ id }) => id))
    try {
      await clock.sleep(rank * RANK_DELAY_MS + (waits ? this.#oldRevisionWaitMs : 0), 'supervisor')
      if (this.#leaving) return
      const isWanted = ({ wanted }: SessionDocument) => wanted === 'online' || this.#actions.of(sessionId).length > 0
      const mayClaim = (session: SessionDocument) =>
        !isHandedOut(session) && (session.runnerId === null ? isWanted(session) : session.runnerId === deadOwner)
      const isApproved = () => this.#actions.of(sessionId).some(({ action }) => action.approved !== null)
      const acceptsDamage = async (damage: HoldfastError, session: SessionDocument) =>
        isApproved() || this.#givesUpUnasked({ sessionId, session, damage })
      const claim = await within(
        clock,
        CLAIM_WITHIN_MS,
        claimSession({ ...this.#dependencies, sessionId, mayClaim, acceptsDamage }),
      )
      if (!claim) return
      logger.info({ ...ofSession(sessionId), epoch: claim.head.epoch, from: deadOwner }, 'A session was claimed.')
      this.#run(new OwnedSession(this.#dependencies, claim))
    } catch (error) {
      logger.warn({ error, ...ofSession(sessionId) }, 'A session could not be claimed.')
      const isGone = isHoldfastError(error, 'data-key-destroyed')
      if (isGone || isDamage(error) || isStoreTrouble(error)) await this.#leaveDamaged(sessionId, error, known)
      else if (isHoldfastError(error, 'wrapping-key-unavailable')) await this.#leaveForNow(sessionId, error)
    } finally {
      this.#claiming.delete(sessionId)
    }
  }

  async #givesUpUnasked(unclaimed: { sessionId: string; session: SessionDocument; damage: HoldfastError }): Promise<boolean> {
    return this.#dependencies.autoRestore === 'always' && mayRestoreUnclaimedWithLosses(this.#dependencies, unclaimed)
  }

  /** Says what the session waits for, and leaves it alone for a while. Its actions stay open, because the key may be back soon. */
  async #leaveForNow(sessionId: string, trouble: HoldfastError): Promise<void> {
    const { clock, documents, logger } = this.#dependencies
    this.#unclaimable.set(sessionId, clock.now() + KEY_PAUSE_MS)
    await reportDamage(documents, sessionId, trouble).catch((error: unknown) => {
      logger.warn({ error, ...ofSession(sessionId) }, 'The trouble with the wrapping key could not be reported.')
    })
  }

  /**
   * Publishes the damage, ends the actions that the claim knew as failed, and leaves the session alone for a while. An action that came
   * meanwhile may approve what this claim refused: it stays open, and the next look claims for it.
   */
  async #leaveDamaged(sessionId: string, damage: HoldfastError, known: ReadonlySet<string>): Promise<void> {
    const { clock, documents, logger } = this.#dependencies
    const open = () => this.#actions.of(sessionId).map(({ id }) => id)
    if (open().every((id) => known.has(id))) this.#unclaimable.set(sessionId, clock.now() + UNCLAIMABLE_PAUSE_MS)
    try {
      await reportDamage(documents, sessionId, damage)
      const failed = open().flatMap((id) => (known.has(id) ? [failedAction(id, damage)] : []))
      if (failed.length > 0) await documents.commit(failed)
    } catch (error) {
      logger.warn({ error, ...ofSession(sessionId) }, 'Damage could not be reported.')
    }
  }

  #run(session: OwnedSession): void {
    const { sessionId } = session
    this.#sessions.set(sessionId, session)
    if (this.#heartbeat.muted) session.mute(true)
    if (this.#leaving) session.leave(this.#leaving)
    session.act(this.#actions.of(sessionId))
    const running = session.run().then((end) => {
      this.#sessions.delete(sessionId)
      this.#running.delete(sessionId)
      // The others see at once that this runner has one session less.
      if (session.isMoving) void this.#heartbeat.renew()
      if (end === 'given-up') this.#pause(sessionId)
      else this.#givenUp.delete(sessionId)
    })
    this.#running.set(sessionId, running)
  }

  /** Delays the next claim of a session that was given up, more each time. The journal never removes a claim or the record before it. */
  #pause(sessionId: string): void {
    const times = (this.#givenUp.get(sessionId)?.times ?? 0) + 1
    const pauseMs = Math.min(GIVEN_UP_PAUSE_MS * 2 ** (times - 1), LONGEST_PAUSE_MS)
    this.#givenUp.set(sessionId, { times, until: this.#dependencies.clock.now() + pauseMs })
  }

  /** Listens to the documents of this runner's sessions. */
  #listen(): void {
    const { documents, runnerId, logger, clock } = this.#dependencies
    const query = { collection: SESSIONS, where: [['runnerId', '==', runnerId]] as const }
    let isFirst = true
    this.#stopListening = documents.listen(
      query,
      (events) => {
        if (isFirst) this.#doubtAllBut(events)
        isFirst = false
        this.#hear(events)
      },
      (error) => {
        logger.warn({ error }, 'The session listener failed; listening again.')
        if (!this.#leaving) this.#stopRetry = clock.after(LOOK_INTERVAL_MS, () => this.#listen(), 'supervisor')
      },
    )
  }

  #asked(sessionIds: ReadonlySet<string>): void {
    for (const sessionId of sessionIds) {
      this.#unclaimable.delete(sessionId)
      this.#sessions.get(sessionId)?.act(this.#actions.of(sessionId))
    }
    this.#look()
  }

  /** Doubts sessions that a new listener does not report: they may have gone while no listener was there. */
  #doubtAllBut(events: readonly ListenerEvent[]): void {
    const present = new Set(events.map(({ document }) => document.id))
    const held = new Set([...this.#ours, ...this.#sessions.keys()])
    for (const sessionId of held) if (!present.has(sessionId)) this.#lost(sessionId)
  }

  #lost(sessionId: string): void {
    this.#ours.delete(sessionId)
    this.#sessions.get(sessionId)?.doubtOwnership()
  }

  #hear(events: readonly ListenerEvent[]): void {
    for (const { kind, document } of events) {
      if (kind === 'removed') {
        this.#lost(document.id)
        continue
      }
      this.#ours.add(document.id)
      const session = this.#sessions.get(document.id)
      session?.want(document.fields['wanted'] === 'offline' ? 'offline' : 'online')
      session?.connectThrough(proxyFieldsOf(document.fields))
      session?.follow(document.fields)
      if (isMark(document.fields['reason'])) session?.restate(document.fields)
    }
  }
}

const failedAction = (id: string, { code, message }: HoldfastError): Change => ({
  kind: 'update',
  path: recoveryActionPath(id),
  fields: { state: 'failed', finishedAt: SERVER_TIME, result: { code, sentence: message } },
})
