import { type LadderFacts, LADDER_REASONS, nextStep, type RecoveryStep } from '@holdfast/core/session/recovery-ladder'

/*
 * What becomes of a person's request to recover a session. The ladder decides; this adds the steps of persons:
 *
 *   the ladder says              | outcome
 *   take                         | requested: an action for the owner
 *   propose                      | a restart of the runner that was asked for: proposed, an action that somebody has to approve;
 *                                | a step of a person that nobody asked for: nothing, and the answer names it
 *   veto                         | a restore or a new QR code that was asked for: proposed; otherwise vetoed
 *   wait for an outage           | vetoed
 *   wait for anything else       | nothing
 */

/**
 * requested  the owner performs an action
 * proposed   an action waits for an approval
 * vetoed     nothing is done, because it would do harm or cannot help; the action says so
 * nothing    nothing has to be done, or nothing can be done by a program
 * unknown    there is no such session
 */
export const RECOVERY_OUTCOMES = ['requested', 'proposed', 'vetoed', 'nothing', 'unknown'] as const

export type RecoveryOutcome = (typeof RECOVERY_OUTCOMES)[number]

export interface RequestDecision {
  readonly outcome: RecoveryOutcome
  /** The step that the owner would take next, or that somebody has to approve. Null: none. */
  readonly step: RecoveryStep | null
  readonly code: string
  readonly sentence: string
}

/** Steps that the caller asks for by name and a person decides. The API looks itself whether they can be done. */
const PERSONS_STEPS: readonly (RecoveryStep | null)[] = ['restore', 'new-qr']

export function decideRequest(facts: LadderFacts): RequestDecision {
  const asked = facts.request?.step ?? null
  const ladder = nextStep(facts)
  const said = (outcome: RecoveryOutcome, step: RecoveryStep | null): RequestDecision => ({
    outcome,
    step,
    code: ladder.why,
    sentence: LADDER_REASONS[ladder.why],
  })
  switch (ladder.do) {
    case 'take':
      return said('requested', ladder.step)
    case 'propose':
      return said(asked === ladder.step ? 'proposed' : 'nothing', ladder.step)
    case 'veto':
      return said(PERSONS_STEPS.includes(asked) ? 'proposed' : 'vetoed', ladder.step)
    case 'wait':
      return said(ladder.why === 'outage' ? 'vetoed' : 'nothing', null)
  }
}
