import { z } from 'zod'
import { checkpointPointerSchema } from '../session/session-document.ts'
import { RECOVERY_STEPS } from '../session/recovery-ladder.ts'

/**
 * PERSISTED CONTRACT v1: `recovery_actions/{actionId}`, an operation on a session that happens once. A caller asks for it; the owner
 * carries it out (or the next owner, if that one dies over it), with its steps and its result. New versions only add optional fields.
 */
export const RECOVERY_ACTIONS = 'recovery_actions'

export const recoveryActionPath = (actionId: string): string => `${RECOVERY_ACTIONS}/${actionId}`

/**
 * The actions that need no approval of losses. Their route is `POST /api/sessions/{name}/{type}`.
 *
 * restart  closes the connection in order and connects anew, whatever the session was waiting for
 * logout   backs up the state, then unlinks the device from the phone
 */
export const UNCONDITIONAL_ACTION_TYPES = ['restart', 'logout'] as const

/**
 * Every type of action. The runner has one handler for each.
 *
 * backup          saves the state in an object that is read back and kept
 * restore         rebuilds a damaged state from the remaining checkpoints and records, or returns to a backup; the operator first approves
 *                 the losses
 * recover         brings a session back that is lost, by the steps of the recovery ladder. The owner also records its own recoveries so:
 *                 one action from the loss of the connection to its return, however many steps that took
 * rotate          backs up the state, unlinks the device, and asks for a phone again
 * clean-up        moves Signal records that were not used for long to the archive of the session
 * restart-runner  makes a runner hand its sessions over and end, so that the platform starts another one
 * crash-drill     makes a runner end at once without handing anything over, as in a crash, to see how its sessions come back
 */
export const RECOVERY_ACTION_TYPES = [
  ...UNCONDITIONAL_ACTION_TYPES,
  'backup',
  'restore',
  'recover',
  'rotate',
  'clean-up',
  'restart-runner',
  'crash-drill',
] as const

export type RecoveryActionType = (typeof RECOVERY_ACTION_TYPES)[number]

/** Types of actions that a runner performs on itself. */
const RUNNER_ACTION_TYPES = ['restart-runner', 'crash-drill'] as const satisfies readonly RecoveryActionType[]

export type RunnerActionType = (typeof RUNNER_ACTION_TYPES)[number]

/** Types of actions that the owner of a session performs. */
export type SessionActionType = Exclude<RecoveryActionType, RunnerActionType>

/**
 * proposed   waits for an operator's approval, or only tells what would be done (`AUTO_RECOVERY=false`)
 * pending    an owner has to begin it
 * running    an owner performs it
 * done       succeeded
 * failed     ended without success
 * cancelled  taken back by an operator before it began
 * vetoed     not performed, because it would have done harm: `result` says why
 */
export const RECOVERY_ACTION_STATES = ['proposed', 'pending', 'running', 'done', 'failed', 'cancelled', 'vetoed'] as const

export type RecoveryActionState = (typeof RECOVERY_ACTION_STATES)[number]

/** States in which an owner still has to take the action to its end. */
export const OPEN_ACTION_STATES: readonly RecoveryActionState[] = ['pending', 'running']

/** A figure or a code that led to a step. No message texts, no numbers of phones. */
const evidenceSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))

export type RecoveryEvidence = z.infer<typeof evidenceSchema>

/** What a clean-up found and did: numbers of records by kind, and why. No whole numbers of phones. */
const cleanUpReportSchema = z.object({
  planned: z.record(z.string(), z.number()),
  moved: z.record(z.string(), z.number()),
  /** By kind and reason. */
  kept: z.record(z.string(), z.record(z.string(), z.number())),
  /** The first of the records, each with the reason and the days since its last use. */
  named: z.array(z.object({ kind: z.string(), id: z.string(), why: z.string(), unusedDays: z.number().nullable() })),
})

export type CleanUpReport = z.infer<typeof cleanUpReportSchema>

export const recoveryActionSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  /** Empty for an action that concerns a runner. */
  sessionId: z.string(),
  type: z.enum(RECOVERY_ACTION_TYPES),
  state: z.enum(RECOVERY_ACTION_STATES),
  /** The runner that performs `restart-runner` or `crash-drill` on itself. */
  targetRunner: z.string().nullable().default(null),
  /** The step that was asked for, or that was taken last. Null: the ladder decides. */
  step: z.enum(RECOVERY_STEPS).nullable().default(null).catch(null),
  /** What was seen when the action was made. */
  evidence: evidenceSchema.default({}),
  approvedBy: z.string().nullable().default(null),
  cancelledBy: z.string().nullable().default(null),
  /** Who asked, and for what reason: `api`, `runner`, `sweep`, … */
  requestedBy: z.string(),
  why: z.string(),
  requestedAt: z.date(),
  /** For a restore: the last record that must survive. The restore refuses to lose more. */
  approved: z.object({ reaches: z.number().int().nonnegative() }).nullable().default(null),
  /** For a crash drill: the sessions that the runner held open when it was asked for. */
  drill: z
    .object({ sessions: z.array(z.string()) })
    .nullable()
    .default(null)
    .catch(null),
  /** For a clean-up: whether it only reports, and days without use instead of those of the tenant. */
  cleanUp: z
    .object({ dryRun: z.boolean(), olderThanDays: z.number().int().positive().nullable() })
    .nullable()
    .default(null)
    .catch(null),
  /** For a clean-up that has ended. */
  report: cleanUpReportSchema.nullable().default(null).catch(null),
  /** For a restore of a state that need not be damaged: the backup to return to. */
  restoreTo: checkpointPointerSchema.nullable().default(null),
  /** The return of many sessions that it belongs to. */
  restoreRun: z.string().nullable().default(null).catch(null),
  /** For a backup: how it is kept, and the request for all sessions that it belongs to. */
  backup: z
    .object({ isPinned: z.boolean(), note: z.string().nullable(), run: z.string().optional() })
    .nullable()
    .default(null)
    .catch(null),
  runnerId: z.string().nullable().default(null),
  epoch: z.number().nullable().default(null),
  startedAt: z.date().nullable().default(null),
  finishedAt: z.date().nullable().default(null),
  steps: z
    .array(
      z.object({
        at: z.date(),
        what: z.string(),
        /** The step of the ladder that the line tells of. */
        step: z.enum(RECOVERY_STEPS).optional().catch(undefined),
      }),
    )
    .default([]),
  /** The result: a code for programs and a sentence for people. */
  result: z.object({ code: z.string(), sentence: z.string() }).nullable().default(null),
})

export type RecoveryAction = z.infer<typeof recoveryActionSchema>

/** An action on a session, which the owner of that session performs. */
export type SessionAction = RecoveryAction & { readonly type: SessionActionType }

export const isRunnerAction = (action: RecoveryAction): action is RecoveryAction & { readonly type: RunnerActionType } =>
  RUNNER_ACTION_TYPES.some((type) => type === action.type)

export const isSessionAction = (action: RecoveryAction): action is SessionAction => !isRunnerAction(action)
