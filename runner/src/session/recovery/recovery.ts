import type { RecoveryEvidence } from '@holdfast/core/operations/recovery-action-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, Merge } from '@holdfast/core/platform/ports'
import {
  LADDER_REASONS,
  type LadderDecision,
  type LadderFacts,
  type LadderReason,
  type LossCause,
  type OwnStep,
  type StepTaken,
  nextStep,
} from '@holdfast/core/session/recovery-ladder'
import type { RecoveryMemory } from '@holdfast/core/session/session-document'
import type { Entry } from '../journal/group.ts'
import { type Outcome, OpenRecovery, memoryOf } from './open-recovery.ts'
import type { RunnerRecoveries } from './runner-recoveries.ts'

/** A loss that lasts for longer is shown before it is over. A shorter one costs one write, at its end. */
const SHOWN_AFTER_MS = 60_000

/** Recoveries of one session within an hour that get a document although they took no step beyond reconnects. */
const DOCUMENTS_AN_HOUR = 20
const HOUR_MS = 60 * 60_000

/** The owner's hands: each step as `docs/RECOVERY.md` has it. */
export type RecoveryHands = Readonly<Record<OwnStep, () => Promise<void> | void>>

export interface RecoveryOptions {
  readonly owner: { readonly sessionId: string; readonly runnerId: string; readonly epoch: number }
  /** What the last owner left. */
  readonly memory: RecoveryMemory | null
  readonly clock: Clock
  readonly logger: Logger
  readonly runner: RunnerRecoveries
  /** `AUTO_RECOVERY` */
  readonly isAutomatic: boolean
  /** The silence after which the tenant counts a session as lost, ms. */
  readonly silenceMs: () => number
  /** Whether an outage is known that explains a loss. */
  readonly isOutage: () => boolean
  /** Whether the session waits for a person. */
  readonly isHalted: () => boolean
  /** Whether another live runner has room. */
  readonly hasRoomElsewhere: () => Promise<boolean>
  readonly hands: RecoveryHands
  /** Appends a record, to which `carried` is added. */
  readonly append: (entry: Entry) => number
}

/**
 * Recovers one session: it opens a recovery at a loss, asks the ladder for steps, takes them one at a time, and records the whole as
 * one action. The record rides on records that are appended anyway, except at a step beyond the reconnects.
 */
export class Recovery {
  readonly #options: RecoveryOptions
  #open: OpenRecovery | null = null
  #earlier: StepTaken[]
  /** Writes that wait for the next record. */
  #waiting: Merge[] = []
  /** Ends of recoveries within the last hour that only reconnected, ms. */
  #quickEnds: number[] = []
  #unrecorded = 0
  /** When an outage was last known, ms. */
  #outageMs = 0
  #isBusy = false

  constructor(options: RecoveryOptions) {
    this.#options = options
    const { memory } = options
    this.#earlier = (memory?.taken ?? []).map(takenOf)
    if (memory?.open) this.#goOn(memory.open)
  }

  /** What the next owner goes on with. It is part of each change of state. */
  get memory(): RecoveryMemory | null {
    return memoryOf(this.#open, this.#earlier, this.#now)
  }

  /** The cause of the open recovery; null while nothing is lost. */
  get cause(): LossCause | null {
    return this.#open?.cause ?? null
  }

  /** The time of the loss, ms; null while nothing is lost. */
  get sinceMs(): number | null {
    return this.#open?.sinceMs ?? null
  }

  /** The time of the last step of the open recovery, ms; null when it has taken none. */
  get lastStepMs(): number | null {
    return this.#open?.taken.at(-1)?.atMs ?? null
  }

  /** Opens a recovery, unless one is open. The one that is open takes the cause when the session now waits for a person. */
  lost(cause: LossCause, evidence: RecoveryEvidence, { sinceMs = this.#now, reconnects = true } = {}): void {
    const open = this.#open
    if (open) {
      if (this.#options.isHalted()) open.cause = cause
      Object.assign(open.evidence, { failures: Number(open.evidence['failures'] ?? 0) + 1, last: cause })
      open.isDirty = true
      return
    }
    const { owner, runner } = this.#options
    this.#open = new OpenRecovery({
      id: `${owner.sessionId}-recover-${Math.round(sinceMs)}`,
      cause,
      sinceMs,
      taken: reconnects ? [{ step: 'reconnect', atMs: sinceMs }] : [],
      evidence: { ...evidence, ...(this.#unrecorded > 0 ? { unrecorded: this.#unrecorded } : {}) },
      isShown: false,
    })
    if (reconnects) this.#open.note(STEPS.reconnect, sinceMs, 'reconnect')
    runner.lost(owner.sessionId, cause)
    runner.count('recoveries_started')
  }

  /** Adds a figure to the evidence of the open recovery. */
  know(evidence: RecoveryEvidence): void {
    if (this.#open) Object.assign(this.#open.evidence, evidence)
  }

  /** The session waits for a person. The recovery tells which step is theirs, or ends. */
  halted(sentence: string): void {
    const open = this.#open
    if (!open) return
    const decision = nextStep(this.#facts(open.cause, 'strong'))
    if (decision.do === 'propose') this.#propose(open, decision)
    else this.end({ state: 'failed', code: 'waits-for-person', sentence })
  }

  /** Ends the open recovery. */
  end(outcome: Outcome): void {
    const open = this.#open
    if (!open) return
    const { owner, runner, logger } = this.#options
    const now = this.#now
    this.#open = null
    this.#earlier.push(...open.taken.filter(({ atMs }) => atMs !== open.sinceMs))
    runner.returned(owner.sessionId)
    if (outcome.state === 'done') runner.count('recoveries_succeeded')
    if (outcome.state === 'failed') runner.count('recoveries_failed')
    open.proposed = null
    open.note(outcome.sentence, now)
    const lostForMs = now - open.sinceMs
    logger.info({ recovery: open.id, cause: open.cause, result: outcome.code, lostForMs }, 'A recovery ended.')
    if (this.#isRecorded(open, now)) this.#waiting.push(open.write(owner, outcome, now))
    else this.#unrecorded++
  }

  /**
   * Asks the ladder, and takes its step. The session's loop calls it while something is lost.
   *
   * @param evidence how certain the loss is
   */
  async look(evidence: 'weak' | 'strong'): Promise<void> {
    const open = this.#open
    if (this.#options.isOutage()) this.#outageMs = this.#now
    if (!open || this.#isBusy) return
    const decision = await this.#decide(open.cause, evidence)
    if (this.#open !== open) return
    if (decision.do === 'take') await this.#take(decision.step, decision.why)
    if (decision.do === 'propose' && open.proposed !== decision.step) {
      this.#propose(open, decision)
      this.record()
    }
  }

  /** What the ladder would do about a loss that has no recovery yet. */
  wouldAct(cause: LossCause, evidence: 'weak' | 'strong'): boolean {
    return nextStep(this.#facts(cause, evidence)).do !== 'wait'
  }

  /** Takes a step that somebody asked for, if the ladder allows it. */
  async request(request: NonNullable<LadderFacts['request']>): Promise<LadderDecision> {
    if (this.#isBusy) return { do: 'wait', untilMs: null, why: 'pause' }
    const decision = await this.#decide(this.cause, 'strong', request)
    if (decision.do === 'veto') this.#options.runner.count('recoveries_vetoed')
    if (decision.do === 'take') await this.#take(decision.step, decision.why)
    return decision
  }

  /** Appends a record for what has changed, where no change of the session's state carries it. */
  record(): void {
    this.#options.append({ events: [{ type: 'session.recovery', recovery: this.memory }] })
  }

  /** The writes that the next record has to carry. */
  carried(): Pick<Entry, 'writes'> {
    const { owner } = this.#options
    const open = this.#open
    if (open && this.#now - open.sinceMs >= SHOWN_AFTER_MS) open.isShown = true
    if (open?.isShown && open.isDirty) this.#waiting.push(open.write(owner, proposalOf(open), this.#now))
    const writes = this.#waiting
    this.#waiting = []
    return writes.length === 0 ? {} : { writes: () => writes }
  }

  /** Continues the recovery of an earlier owner. */
  #goOn({ id, cause, since, steps }: NonNullable<RecoveryMemory['open']>): void {
    const { owner, runner } = this.#options
    const taken = steps.map(takenOf)
    this.#open = new OpenRecovery({ id, cause, sinceMs: since.getTime(), taken, evidence: {}, isShown: true })
    this.#open.note(`Runner ${owner.runnerId} goes on with the recovery.`, this.#now)
    runner.lost(owner.sessionId, cause)
  }

  async #decide(
    cause: LossCause | null,
    evidence: 'weak' | 'strong',
    request: LadderFacts['request'] = null,
  ): Promise<LadderDecision> {
    const facts = this.#facts(cause, evidence, request)
    const decision = nextStep(facts)
    // Whether there is room elsewhere is a query, so it is asked only for a move.
    const isMove = (decision.do === 'take' || decision.do === 'propose') && decision.step === 'move'
    if (!isMove || (await this.#options.hasRoomElsewhere().catch(() => false))) return decision
    return nextStep({ ...facts, hasRoomElsewhere: false })
  }

  #facts(cause: LossCause | null, evidence: 'weak' | 'strong', request: LadderFacts['request'] = null): LadderFacts {
    const { runner, isAutomatic, silenceMs, isOutage, isHalted } = this.#options
    const now = this.#now
    const since = Math.max(this.#open?.sinceMs ?? now, this.#outageMs)
    return {
      cause,
      evidence,
      isHalted: isHalted(),
      nowMs: now,
      lostForMs: Math.max(0, now - since),
      silenceMs: silenceMs(),
      taken: this.#open?.taken ?? [],
      earlier: this.#earlier,
      ofRunner: runner.steps,
      isOutage: isOutage(),
      hasRoomElsewhere: true,
      isRunnerSick: cause !== null && runner.isSick(cause),
      isAutomatic,
      request,
    }
  }

  async #take(step: OwnStep, why: LadderReason): Promise<void> {
    const { hands, logger, runner, owner } = this.#options
    const now = this.#now
    const taken: StepTaken = { step, atMs: now }
    if (this.#open) {
      this.#open.taken.push(taken)
      this.#open.isShown = true
      this.#open.proposed = null
      this.#open.note(`${STEPS[step]} ${LADDER_REASONS[why]}`, now, step)
    } else this.#earlier.push(taken)
    runner.took(taken)
    logger.warn({ step, why, cause: this.cause, session: owner.sessionId }, 'The session takes a step of its recovery.')
    this.record()
    this.#isBusy = true
    try {
      await hands[step]()
    } finally {
      this.#isBusy = false
    }
  }

  #propose(open: OpenRecovery, { step, why }: Extract<LadderDecision, { do: 'propose' }>): void {
    open.proposed = step
    open.isShown = true
    open.note(`Proposed: ${STEPS[step]} ${LADDER_REASONS[why]}`, this.#now, step)
  }

  /** Whether the end gets a document. A session that loses its connection again and again does not write without end. */
  #isRecorded(open: OpenRecovery, now: number): boolean {
    if (open.isShown) return true
    this.#quickEnds = this.#quickEnds.filter((atMs) => atMs > now - HOUR_MS)
    if (this.#quickEnds.length >= DOCUMENTS_AN_HOUR) return false
    this.#quickEnds.push(now)
    this.#unrecorded = 0
    return true
  }

  get #now(): number {
    return this.#options.clock.now()
  }
}

const takenOf = ({ step, at }: { step: StepTaken['step']; at: Date }): StepTaken => ({ step, atMs: at.getTime() })

const proposalOf = ({ proposed }: OpenRecovery): Outcome | null =>
  proposed === null ? null : { state: 'proposed', code: `needs-${proposed}`, sentence: STEPS[proposed] }

/** What each step does, for people. */
const STEPS = {
  reconnect: 'Connect again.',
  rebuild: 'Cut the connection off and make a new client.',
  reload: 'Read the state anew from checkpoint and journal.',
  move: 'Hand the session over to another runner.',
  'restart-runner': 'Restart the runner.',
  restore: 'Restore an older state; an operator has to approve the losses.',
  'new-qr': 'Scan a new QR code.',
} as const
