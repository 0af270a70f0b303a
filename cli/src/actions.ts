import { answerOf } from '@holdfast/client/client'
import type { RecoveryAction } from '@holdfast/client/types'
import type { Context } from './context.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { Failure } from './failure.ts'

const LOOK_EVERY_MS = 700

const ENDS = new Set<RecoveryAction['state']>(['done', 'failed', 'cancelled', 'vetoed'])

/** Waits until a session's runner has carried an action out, and shows how far it is. */
export async function followAction(context: Context, { id, type }: RecoveryAction): Promise<RecoveryAction> {
  for (;;) {
    const action = await answerOf(context.api.GET('/api/recoveries/{id}', { params: { path: { id } } }))
    if (!('steps' in action)) throw new Failure(`The document of action ${id} is damaged.`)
    if (ENDS.has(action.state)) return action
    const step = action.steps.at(-1)?.what
    context.progress.show(
      `${type} of ${action.session ?? action.targetRunner ?? '-'}: ${action.state}${step === undefined ? '' : `, ${step}`} …`,
    )
    await context.pause(LOOK_EVERY_MS)
  }
}

export const codeOfAction = ({ state }: RecoveryAction): ExitCode =>
  state === 'failed' || state === 'cancelled' || state === 'vetoed' ? EXIT.failed : EXIT.ok

/** What became of an action, in a line or two. */
export function actionLines(context: Context, action: RecoveryAction): string[] {
  const { id, type, session, state, result, targetRunner } = action
  const colour = state === 'done' ? 'green' : codeOfAction(action) === EXIT.ok ? 'yellow' : 'red'
  const head = `${type} of ${session ?? targetRunner ?? '-'}: ${context.paint(colour, state)}`
  if (result === null) return [`${head}. How far it is: holdfast recoveries show ${id}`]
  return [head, ...context.sentence(result.sentence)]
}

/** Shows an action, having waited for its end unless that is not wanted. */
export async function showAction(context: Context, asked: RecoveryAction, waits: boolean): Promise<ExitCode> {
  const action = waits ? await followAction(context, asked) : asked
  context.show(action, () => actionLines(context, action))
  return codeOfAction(action)
}
