import {
  type RecoveryActionState,
  type RecoveryEvidence,
  recoveryActionPath,
} from '@holdfast/core/operations/recovery-action-document'
import { Append, type Merge } from '@holdfast/core/platform/ports'
import { tenantOf } from '@holdfast/core/session/ids'
import { DAY_MS, type LossCause, type RecoveryStep, type StepTaken } from '@holdfast/core/session/recovery-ladder'
import type { RecoveryMemory } from '@holdfast/core/session/session-document'

/** Lines of one owner in the document of a recovery. Several owners may write to it, and the list has a limit of 50. */
const MAX_LINES = 15

/** Steps of past recoveries that the session's document keeps. */
const MAX_KEPT_STEPS = 40

/** The end of a recovery, or the state in which it waits for somebody. */
export interface Outcome {
  readonly state: RecoveryActionState
  readonly code: string
  readonly sentence: string
}

interface Line {
  readonly at: Date
  readonly what: string
  readonly step?: RecoveryStep
}

/** One recovery, from the loss of the connection to its return. It may go on under several owners, in one document. */
export class OpenRecovery {
  readonly id: string
  readonly sinceMs: number
  cause: LossCause
  readonly taken: StepTaken[]
  readonly evidence: Record<string, string | number | boolean | null>
  /** The step about which somebody else has to decide. */
  proposed: RecoveryStep | null = null
  /** Whether the document exists, or is due to. A short loss has none before its end. */
  isShown: boolean
  /** Whether something is to be written. */
  isDirty = true
  #lines: Line[] = []
  #written = 0

  constructor(from: {
    id: string
    cause: LossCause
    sinceMs: number
    taken: readonly StepTaken[]
    evidence: RecoveryEvidence
    isShown: boolean
  }) {
    this.id = from.id
    this.cause = from.cause
    this.sinceMs = from.sinceMs
    this.taken = [...from.taken]
    this.evidence = { cause: from.cause, ...from.evidence }
    this.isShown = from.isShown
  }

  note(what: string, atMs: number, step?: RecoveryStep): void {
    this.isDirty = true
    if (this.#written++ < MAX_LINES) this.#lines.push({ at: new Date(atMs), what, ...(step ? { step } : {}) })
  }

  /**
   * Returns the write of the whole document. Lines that it adds are not written again. The write is a merge that rides on a journal
   * record, so it neither fails nor stops the session.
   */
  write(owner: { sessionId: string; runnerId: string; epoch: number }, outcome: Outcome | null, nowMs: number): Merge {
    const { sessionId, runnerId, epoch } = owner
    const isEnded = outcome !== null && outcome.state !== 'proposed'
    const steps = this.#lines.length === 0 ? {} : { steps: new Append(...this.#lines) }
    this.#lines = []
    this.isDirty = false
    return {
      kind: 'merge',
      path: recoveryActionPath(this.id),
      fields: {
        v: 1,
        tenant: tenantOf(sessionId),
        sessionId,
        type: 'recover',
        state: outcome?.state ?? 'running',
        step: this.proposed ?? this.taken.at(-1)?.step ?? null,
        evidence: { ...this.evidence },
        requestedBy: 'runner',
        why: CAUSES[this.cause],
        requestedAt: new Date(this.sinceMs),
        startedAt: new Date(this.sinceMs),
        finishedAt: isEnded ? new Date(nowMs) : null,
        result: outcome === null ? null : { code: outcome.code, sentence: outcome.sentence },
        runnerId,
        epoch,
        ...steps,
      },
    }
  }
}

/** What an owner leaves to the next one; null when there is nothing. */
export function memoryOf(open: OpenRecovery | null, earlier: readonly StepTaken[], nowMs: number): RecoveryMemory | null {
  const taken = earlier.filter(({ atMs }) => atMs > nowMs - DAY_MS).slice(-MAX_KEPT_STEPS)
  if (!open && taken.length === 0) return null
  const datesOf = (steps: readonly StepTaken[]) => steps.map(({ step, atMs }) => ({ step, at: new Date(atMs) }))
  return {
    open: open && {
      id: open.id,
      cause: open.cause,
      since: new Date(open.sinceMs),
      steps: datesOf(open.taken.slice(-MAX_KEPT_STEPS)),
    },
    taken: datesOf(taken),
  }
}

/** Why a recovery is made, for people. */
const CAUSES: Record<LossCause, string> = {
  network: 'The connection was lost.',
  whatsapp: 'WhatsApp ended the connection with an error.',
  restart: 'WhatsApp asked for a new connection.',
  'bad-session': 'WhatsApp ended the connection for a reason that it did not name.',
  replaced: 'Another connection took the place of this one.',
  'client-outdated': 'WhatsApp refuses the version of the client.',
  banned: 'WhatsApp refuses the account.',
  refused: 'The connection was refused before the login.',
  pairing: 'The device was not linked.',
  'logged-out': 'The phone unlinked the device.',
  'owner-lost': 'The runner of the session died.',
  deaf: 'The connection was open and nothing came through it.',
  unreadable: 'The stored state cannot be read.',
}
