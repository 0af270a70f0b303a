import { z } from 'zod'

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
 * restore  rebuilds a damaged state from the remaining checkpoints and records; the operator first approves the losses
 */
export const RECOVERY_ACTION_TYPES = [...UNCONDITIONAL_ACTION_TYPES, 'restore'] as const

export type RecoveryActionType = (typeof RECOVERY_ACTION_TYPES)[number]

/** States in which an owner still has to take the action to its end. */
export const OPEN_ACTION_STATES: readonly RecoveryActionState[] = ['pending', 'running']

export type RecoveryActionState = 'pending' | 'running' | 'done' | 'failed'

export const recoveryActionSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  sessionId: z.string(),
  type: z.enum(RECOVERY_ACTION_TYPES),
  state: z.enum(['pending', 'running', 'done', 'failed']),
  /** Who asked, and for what reason: `api`, `runner`, … */
  requestedBy: z.string(),
  why: z.string(),
  requestedAt: z.date(),
  /** For a restore: the last record that must survive. The restore refuses to lose more. */
  approved: z.object({ reaches: z.number().int().nonnegative() }).nullable().default(null),
  runnerId: z.string().nullable().default(null),
  epoch: z.number().nullable().default(null),
  startedAt: z.date().nullable().default(null),
  finishedAt: z.date().nullable().default(null),
  steps: z.array(z.object({ at: z.date(), what: z.string() })).default([]),
  /** The result: a code for programs and a sentence for people. */
  result: z.object({ code: z.string(), sentence: z.string() }).nullable().default(null),
})

export type RecoveryAction = z.infer<typeof recoveryActionSchema>
