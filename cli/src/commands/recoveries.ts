import { answerOf } from '@holdfast/client/client'
import type { DamagedRecoveryAction, RecoveryAction } from '@holdfast/client/types'
import { actionLines, codeOfAction, showAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { factLines } from '../facts.ts'
import { countOf, oneOf } from '../options.ts'
import type { Colour } from '../output/paint.ts'
import type { Cell } from '../output/table.ts'
import { age, clock, length } from '../output/time.ts'
import { planLines } from '../restore-plan.ts'

const STATES = ['proposed', 'pending', 'running', 'done', 'failed', 'cancelled', 'vetoed'] as const

export const addRecoveries: AddCommands = (program, run) => {
  const recoveries = program
    .command('recoveries')
    .description('list recovery actions, approve those that wait for it, take them back')

  recoveries
    .command('list', { isDefault: true })
    .description('list actions: recoveries, backups, restores, clean-ups, restarts')
    .option('-s, --session <name>', 'those of one session')
    .option('--state <state>', STATES.join(', '), oneOf(STATES))
    .option('--limit <number>', 'so many', countOf, 50)
    .option('--cursor <place>', 'go on after the former page')
    .action(
      run(async (context, { session, state, limit, cursor }) => {
        const query = {
          limit,
          ...(session === undefined ? {} : { session }),
          ...(state === undefined ? {} : { state }),
          ...(cursor === undefined ? {} : { cursor }),
        }
        const page = await answerOf(context.api.GET('/api/recoveries', { params: { query } }))
        context.show(page, () => [
          ...(page.recoveries.length === 0
            ? ['There is no such action.']
            : context.rows(
                COLUMNS,
                page.recoveries.map((each) => rowOf(context, each)),
              )),
          ...(page.cursor === null || page.recoveries.length < limit ? [] : [`More: --cursor ${page.cursor}`]),
        ])
      }),
    )

  recoveries
    .command('show')
    .argument('<id>', 'an action')
    .description('show an action with its steps')
    .action(
      run(async (context, id) => {
        const action = await answerOf(context.api.GET('/api/recoveries/{id}', { params: { path: { id } } }))
        if (!('steps' in action)) throw new Failure(`The document of action ${id} is damaged: ${action.result.sentence}`)
        context.show(action, () => showLines(context, action))
      }),
    )

  recoveries
    .command('approve')
    .argument('<id>', 'an action that is proposed')
    .description('let a proposed recovery happen; one that loses something says what, and asks')
    .option('--accept-losses', 'accept what the plan says')
    .option('--no-wait', 'do not wait for the end')
    .action(
      run(async (context, id, { acceptLosses, wait }) => {
        const params = { path: { id } }
        const approve = async (acceptLosses: boolean) =>
          await answerOf(context.api.POST('/api/recoveries/{id}/approve', { params, body: { acceptLosses } }))
        let answer = await approve(acceptLosses === true)
        if ('approved' in answer) {
          const plan = answer
          for (const line of planLines(context, plan)) context.line(line)
          await context.agree('Lose that, and go on?', acceptLosses)
          answer = await approve(true)
          if ('approved' in answer) throw new Failure('The API did not take the approval.', { exitCode: EXIT.refused })
        }
        return await showAction(context, answer, wait)
      }),
    )

  recoveries
    .command('cancel')
    .argument('<id>', 'an action that has not begun')
    .description('take an action back')
    .action(
      run(async (context, id) => {
        const action = await answerOf(context.api.POST('/api/recoveries/{id}/cancel', { params: { path: { id } } }))
        context.show(action, () => actionLines(context, action))
      }),
    )
}

const COLUMNS = [
  { title: 'ACTION' },
  { title: 'TYPE' },
  { title: 'ON', least: 8, isOptional: true as const },
  { title: 'STATE' },
  { title: 'AGE', align: 'right' as const },
  { title: 'WHAT', least: 14 },
]

type Listed = RecoveryAction | DamagedRecoveryAction

function rowOf(context: Context, action: Listed): Cell[] {
  const on = 'steps' in action ? (action.session ?? action.targetRunner) : null
  const what = action.result?.sentence ?? ('why' in action ? action.why : null)
  return [
    action.id,
    action.type,
    on,
    { text: action.state, colour: colourOf(action) },
    age(action.requestedAt, context.now),
    what,
  ]
}

function colourOf(action: Listed): Colour {
  if (!('steps' in action)) return 'red'
  if (action.state === 'proposed') return 'yellow'
  return codeOfAction(action) === EXIT.ok ? 'green' : 'red'
}

function showLines(context: Context, action: RecoveryAction): string[] {
  const { requestedAt, requestedBy, approvedBy, why, step, durationMs, steps } = action
  return [
    ...actionLines(context, action),
    ...factLines(context, [
      ['why', why],
      ['asked', `${clock(requestedAt)} by ${requestedBy}`],
      ['approved', approvedBy === null ? null : `by ${approvedBy}`],
      ['step', step],
      ['took', durationMs === null ? null : length(durationMs)],
    ]),
    ...steps.map(({ at, what }) => `    ${context.paint('dim', clock(at) ?? '')}  ${what}`),
  ]
}
