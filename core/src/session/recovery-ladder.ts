import { DISCONNECT_CLASSES } from './disconnect-policy.ts'

/** The steps of the recovery ladder, in their order. `docs/RECOVERY.md` has the table of which evidence leads to which step. */
export const RECOVERY_STEPS = ['reconnect', 'rebuild', 'reload', 'move', 'restart-runner', 'restore', 'new-qr'] as const

export type RecoveryStep = (typeof RECOVERY_STEPS)[number]

/**
 * What a session was lost to: the classes of disconnects, and three more.
 *
 * owner-lost  its runner died, and the next owner connects it again
 * deaf        its connection is open, and WhatsApp withholds what it has for the session
 * unreadable  its stored state is damaged
 */
export const LOSS_CAUSES = [...DISCONNECT_CLASSES, 'owner-lost', 'deaf', 'unreadable'] as const

export type LossCause = (typeof LOSS_CAUSES)[number]

/** Steps that the owner takes by itself. The others are decided by the sweep (`restart-runner`) or by a person. */
const OWN_STEPS = ['reconnect', 'rebuild', 'reload', 'move'] as const satisfies readonly RecoveryStep[]

export type OwnStep = (typeof OWN_STEPS)[number]

export const isOwnStep = (step: RecoveryStep): step is OwnStep => OWN_STEPS.some((own) => own === step)

/**
 * The rungs for each cause, in their order. `docs/RECOVERY.md` has the same table, and says why.
 *
 * The ladder leaves out what cannot help: a state that nobody blames is not read anew because of the network, and a session that
 * WhatsApp refuses is not moved. Where no own step is left, the session waits for the person whose step comes last.
 */
export const LADDER: Readonly<Record<LossCause, readonly RecoveryStep[]>> = {
  network: ['reconnect', 'rebuild', 'move', 'restart-runner'],
  whatsapp: ['reconnect', 'rebuild', 'reload', 'move'],
  restart: ['reconnect', 'rebuild', 'reload', 'move'],
  'bad-session': ['reconnect', 'reload', 'move'],
  'owner-lost': ['reconnect', 'rebuild', 'reload', 'move', 'restart-runner'],
  deaf: ['reconnect', 'rebuild', 'reload', 'move', 'restart-runner'],
  replaced: ['reconnect'],
  'client-outdated': ['reconnect'],
  banned: [],
  refused: [],
  pairing: ['new-qr'],
  'logged-out': ['new-qr'],
  unreadable: ['restore'],
}

/** The reasons of decisions: a code for programs and a sentence for people. */
export const LADDER_REASONS = {
  works: 'The session works: there is nothing to recover.',
  'next-step': 'The steps before did not bring the session back.',
  asked: 'It was asked for.',
  'strong-evidence': 'WhatsApp has something for the session and does not deliver it.',
  'weak-evidence': 'There are only hints that the session is deaf, and it was reconnected because of such hints not long ago.',
  'hints-only': 'There are only hints that the session is deaf, and a new connection shows whether it was.',
  reconnects: 'The session reconnects by itself; other steps follow only after the time that its tenant allows it.',
  pause: 'The last step has not had its time yet.',
  outage: 'There is an outage: no step can help before it is over.',
  'session-budget': 'The session has had as many of these steps as it may have in a day.',
  'runner-budget': 'The runner has taken as many steps as it may take at a time.',
  'no-other-runner': 'No other live runner has room for the session.',
  'runner-is-well': 'Other sessions of the runner work, so that a restart of the runner would harm them.',
  'runner-is-sick': 'Most sessions of the runner show the same.',
  'waits-for-person': 'The session waits for a person, whose decision no step may replace.',
  'needs-approval': 'It can lose records, so that an operator has to approve it.',
  'ladder-ended': 'Every step was taken; the session goes on reconnecting by itself.',
  'told-only': 'The installation is set to tell only (AUTO_RECOVERY).',
} as const satisfies Record<string, string>

export type LadderReason = keyof typeof LADDER_REASONS

/** A step that was taken, and when, by the clock of the owner that took it. */
export interface StepTaken {
  readonly step: RecoveryStep
  readonly atMs: number
}

export interface LadderFacts {
  /** Null: nothing is wrong with the session. */
  readonly cause: LossCause | null
  /** Only deafness can have weak evidence. */
  readonly evidence: 'weak' | 'strong'
  /** The session waits for a person, as the disconnect policy or damage has it. */
  readonly isHalted: boolean
  readonly nowMs: number
  /** Time since the loss, without outages, in milliseconds. */
  readonly lostForMs: number
  /** The silence after which the tenant counts a session as lost, in milliseconds. */
  readonly silenceMs: number
  /** Steps of this recovery, the oldest first. The reconnects of the disconnect policy count as one. */
  readonly taken: readonly StepTaken[]
  /** Steps of earlier recoveries of the session within a day. */
  readonly earlier: readonly StepTaken[]
  /** Steps beyond `reconnect` that the runner took for its sessions lately. */
  readonly ofRunner: readonly StepTaken[]
  /** Whether anything but the session itself is in trouble: its runner's network, WhatsApp, or Google. */
  readonly isOutage: boolean
  /** Whether another live runner has room for the session. */
  readonly hasRoomElsewhere: boolean
  /** Whether most sessions of the runner, and more than one, are lost to the same cause. */
  readonly isRunnerSick: boolean
  /** `AUTO_RECOVERY` */
  readonly isAutomatic: boolean
  /** What somebody asked for. A null step: whatever comes next. */
  readonly request: { readonly step: RecoveryStep | null; readonly by: 'person' | 'program' } | null
}

/**
 * take     the owner takes the step now
 * propose  a person, or the sweep, has to decide about the step
 * veto     the step was asked for and is not taken
 * wait     no step now; `untilMs` is null when no time is known
 */
export type LadderDecision =
  | { readonly do: 'take'; readonly step: OwnStep; readonly why: LadderReason }
  | { readonly do: 'propose'; readonly step: RecoveryStep; readonly why: LadderReason }
  | { readonly do: 'veto'; readonly step: RecoveryStep; readonly why: LadderReason }
  | { readonly do: 'wait'; readonly untilMs: number | null; readonly why: LadderReason }

export interface LadderLimits {
  /** The time that each step has to bring the session back. */
  readonly pauseMs: number
  /** The time between two reconnects of a session that are due to hints only. */
  readonly hintsEveryMs: number
  /** Steps of one session within a day. */
  readonly perDay: Readonly<Record<OwnStep, number>>
  /** Steps beyond `reconnect` of one runner, in this time. */
  readonly ofRunner: { readonly steps: number; readonly withinMs: number }
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const DEFAULT_LADDER_LIMITS: LadderLimits = {
  pauseMs: 5 * MINUTE_MS,
  hintsEveryMs: 6 * HOUR_MS,
  perDay: { reconnect: 48, rebuild: 12, reload: 6, move: 4 },
  ofRunner: { steps: 10, withinMs: 10 * MINUTE_MS },
}

/**
 * Decides about the next step of a recovery.
 *
 *     nothing is wrong                                   wait
 *     a person has to act                                propose the person's step, or wait
 *     an outage                                          wait; nobody counts this time
 *     deaf, by hints only                                reconnect, at most once in six hours; nothing beyond
 *     deaf, by evidence                                  reconnect at once
 *     every other loss                                   the disconnect policy reconnects; wait
 *     lost for longer than the tenant's limit            the next rung, each with five minutes of time
 *     a rung that is used up, or has nowhere to go       the one after it
 *     AUTO_RECOVERY=false                                propose what would be taken
 *
 * A person's request is taken without the limits of time, but never in an outage beyond `reconnect`, and never against a halt.
 */
export function nextStep(facts: LadderFacts, limits: LadderLimits = DEFAULT_LADDER_LIMITS): LadderDecision {
  const { request, cause } = facts
  if (request?.step) return onRequest(facts, request.step, limits)
  if (cause === null) return wait('works')
  if (facts.isHalted || LADDER[cause].every((step) => !isOwnStep(step))) return ofPerson(cause)
  if (facts.isOutage) return wait('outage')
  return climb(facts, cause, limits)
}

function onRequest(facts: LadderFacts, step: RecoveryStep, limits: LadderLimits): LadderDecision {
  const veto = (why: LadderReason): LadderDecision => ({ do: 'veto', step, why })
  if (step === 'restart-runner')
    return facts.isRunnerSick ? { do: 'propose', step, why: 'runner-is-sick' } : veto('runner-is-well')
  if (step === 'restore') return veto('needs-approval')
  if (step === 'new-qr' || facts.isHalted) return veto('waits-for-person')
  if (facts.isOutage && step !== 'reconnect') return veto('outage')
  if (step === 'move' && !facts.hasRoomElsewhere) return veto('no-other-runner')
  if (facts.request?.by === 'person') return { do: 'take', step, why: 'asked' }
  if (facts.cause === null) return veto('works')
  if (isUsedUp(facts, step, limits)) return veto('session-budget')
  if (step !== 'reconnect' && runnerFreeAtMs(facts, limits) > facts.nowMs) return veto('runner-budget')
  return { do: 'take', step, why: 'asked' }
}

/** The step of a person that a cause leads to. A session that its phone or WhatsApp refuses waits without one. */
function ofPerson(cause: LossCause): LadderDecision {
  const step = LADDER[cause].at(-1)
  if (step === 'new-qr') return { do: 'propose', step, why: 'waits-for-person' }
  if (step === 'restore') return { do: 'propose', step, why: 'needs-approval' }
  return wait('waits-for-person')
}

function climb(facts: LadderFacts, cause: LossCause, limits: LadderLimits): LadderDecision {
  const isAsked = facts.request?.by === 'person'
  const last = facts.taken.at(-1)
  if (!last && cause === 'deaf' && !isAsked) return hear(facts, limits)
  const isDue = isAsked || facts.lostForMs >= facts.silenceMs
  if (!isDue) return wait('reconnects', facts.nowMs + facts.silenceMs - facts.lostForMs)
  if (cause === 'deaf' && facts.evidence === 'weak' && !isAsked) return wait('weak-evidence')
  if (last && !isAsked && last.atMs + limits.pauseMs > facts.nowMs) return wait('pause', last.atMs + limits.pauseMs)
  const freeAtMs = runnerFreeAtMs(facts, limits)
  for (const step of LADDER[cause].slice(rungsDone(facts, cause))) {
    if (step === 'restart-runner') {
      if (facts.isRunnerSick) return { do: 'propose', step, why: 'runner-is-sick' }
      continue
    }
    if (!isOwnStep(step) || isUsedUp(facts, step, limits) || (step === 'move' && !facts.hasRoomElsewhere)) continue
    if (step !== 'reconnect' && !isAsked && freeAtMs > facts.nowMs) return wait('runner-budget', freeAtMs)
    return take(facts, step, isAsked ? 'asked' : 'next-step')
  }
  return wait('ladder-ended')
}

/** The first step for a session that seems deaf. It costs a moment without a connection, and shows what was withheld. */
function hear(facts: LadderFacts, limits: LadderLimits): LadderDecision {
  if (isUsedUp(facts, 'reconnect', limits)) return wait('session-budget')
  if (facts.evidence === 'strong') return take(facts, 'reconnect', 'strong-evidence')
  const lastMs = Math.max(
    ...facts.earlier.filter(({ step }) => step === 'reconnect').map(({ atMs }) => atMs),
    Number.NEGATIVE_INFINITY,
  )
  if (facts.nowMs - lastMs < limits.hintsEveryMs) return wait('weak-evidence', lastMs + limits.hintsEveryMs)
  return take(facts, 'reconnect', 'hints-only')
}

const take = ({ isAutomatic, request }: LadderFacts, step: OwnStep, why: LadderReason): LadderDecision =>
  isAutomatic || request ? { do: 'take', step, why } : { do: 'propose', step, why: 'told-only' }

const wait = (why: LadderReason, untilMs: number | null = null): LadderDecision => ({ do: 'wait', untilMs, why })

/** The number of rungs up to the highest one that was taken. */
const rungsDone = ({ taken }: LadderFacts, cause: LossCause): number =>
  Math.max(0, ...taken.map(({ step }) => LADDER[cause].indexOf(step) + 1))

const isUsedUp = ({ taken, earlier, nowMs }: LadderFacts, step: OwnStep, { perDay }: LadderLimits): boolean =>
  [...taken, ...earlier].filter((one) => one.step === step && one.atMs > nowMs - DAY_MS).length >= perDay[step]

/** When the runner may take its next step beyond `reconnect`. */
function runnerFreeAtMs({ ofRunner, nowMs }: LadderFacts, { ofRunner: { steps, withinMs } }: LadderLimits): number {
  const recent = ofRunner.map(({ atMs }) => atMs).filter((atMs) => atMs > nowMs - withinMs)
  const oldest = recent.toSorted((one, other) => one - other)[recent.length - steps]
  return oldest === undefined ? 0 : oldest + withinMs
}
