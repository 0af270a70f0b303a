import type { HealthDocument } from '@holdfast/core/operations/health-document'
import type { OutageVerdict } from '@holdfast/core/operations/network-report'
import { outageFor } from '@holdfast/core/operations/outage'
import type { RecoveryEvidence } from '@holdfast/core/operations/recovery-action-document'
import type { LadderFacts, LossCause, StepTaken } from '@holdfast/core/session/recovery-ladder'
import { isHalted, isStateTrouble, type SessionState } from '@holdfast/core/session/session-states'
import type { RunnerFact } from '../fleet/runner-facts.ts'
import type { SessionFact } from '../fleet/session-facts.ts'

/** The fleet around a session, as far as it matters for its recovery. */
export interface Surroundings {
  readonly runners: readonly RunnerFact[]
  readonly outage: FleetOutageSeen
  readonly nowMs: number
}

/** The verdict of `health_status/fleet`, and how long ago it was written, by Firestore's times. */
export interface FleetOutageSeen {
  readonly outage: HealthDocument['outage']
  readonly silentForMs: number
}

/** What the ladder has to know that the facts of a session do not say. */
export interface LadderSettings {
  readonly silenceMs: number
  readonly isAutomatic: boolean
  readonly request: LadderFacts['request']
}

/** The causes that follow from the state alone. */
const CAUSE_OF_STATE: Partial<Record<SessionState, LossCause>> = {
  LOGGED_OUT: 'logged-out',
  BANNED: 'banned',
  REPLACED: 'replaced',
  PAIRING: 'pairing',
}

/**
 * Returns what a session is lost to, as it is seen from outside. Null when it works. Its owner knows more, and what that one has
 * written down counts before what the state suggests.
 */
export function causeOf({ document, status, reason, owner, reported }: SessionFact): LossCause | null {
  if (!document) return 'unreadable'
  if (status === 'WORKING') return reported?.deafSince ? 'deaf' : null
  if (isStateTrouble(reason)) return 'unreadable'
  const ofState = CAUSE_OF_STATE[document.state]
  if (ofState) return ofState
  if (document.recovery?.open) return document.recovery.open.cause
  if (owner !== 'alive') return 'owner-lost'
  return document.lastDisconnect?.class ?? 'network'
}

/** Returns the facts from which the ladder decides, as far as they are seen from outside. */
export function ladderFactsOf(fact: SessionFact, around: Surroundings, settings: LadderSettings): LadderFacts {
  const { document, downForMs, runnerId, reported } = fact
  const { runners, nowMs } = around
  const owner = runners.find(({ id }) => id === runnerId) ?? null
  const deafForMs = reported?.deafSince ? Math.max(0, nowMs - reported.deafSince.getTime()) : 0
  return {
    ...settings,
    nowMs,
    cause: causeOf(fact),
    // The owner alone can tell.
    evidence: 'strong',
    isHalted: !document || isHalted(document.state),
    lostForMs: Math.max(downForMs, deafForMs),
    taken: document?.recovery?.open?.steps.map(takenAt) ?? [],
    earlier: document?.recovery?.taken.map(takenAt) ?? [],
    ofRunner: [],
    isOutage: outageOf(fact, around.outage) !== 'none',
    hasRoomElsewhere: runners.some((runner) => runner.id !== runnerId && hasRoom(runner)),
    isRunnerSick: owner !== null && isSick(owner, { nowMs, silenceMs: settings.silenceMs }),
  }
}

const takenAt = ({ step, at }: { step: StepTaken['step']; at: Date }): StepTaken => ({ step, atMs: at.getTime() })

/** An outage of one runner explains nothing about a session that has no owner. */
export const outageOf = ({ runnerId }: Pick<SessionFact, 'runnerId'>, { outage, silentForMs }: FleetOutageSeen): OutageVerdict =>
  outageFor(runnerId ?? '', outage, silentForMs)

export const hasRoom = ({ isDead, document: { state, capacity, sessions, workingSince } }: RunnerFact): boolean =>
  !isDead && state === 'active' && workingSince !== null && Object.keys(sessions).length < capacity

/** Whether most sessions of a live runner, and more than one, have been lost for longer than the limit. */
export function isSick({ isDead, document }: RunnerFact, { nowMs, silenceMs }: { nowMs: number; silenceMs: number }): boolean {
  const sessions = Object.values(document.sessions).filter(({ state }) => !isHalted(state) && state !== 'PAIRING')
  const lost = sessions.filter(({ downSince, deafSince }) =>
    [downSince, deafSince].some((since) => since != null && nowMs - since.getTime() > silenceMs),
  )
  return !isDead && lost.length > 1 && lost.length * 2 > sessions.length
}

/** What an action says about why it was made. No texts and no numbers of phones. */
export function evidenceOf(fact: SessionFact, outage: OutageVerdict): RecoveryEvidence {
  const { document, status, reason, owner, runnerId, downForMs, reported } = fact
  return {
    status,
    state: document?.state ?? null,
    reason,
    cause: causeOf(fact),
    lostForSeconds: Math.round(downForMs / 1000),
    deaf: reported?.deafSince != null,
    owner,
    runnerId,
    epoch: document?.epoch ?? null,
    lastCode: document?.lastDisconnect?.code ?? null,
    outage,
  }
}
