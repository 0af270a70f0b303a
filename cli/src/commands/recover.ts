import { answerOf } from '@holdfast/client/client'
import type { RecoveryOutcome } from '@holdfast/client/types'
import { showAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { oneOf } from '../options.ts'
import type { Colour } from '../output/paint.ts'
import type { Cell } from '../output/table.ts'

const STEPS = ['reconnect', 'rebuild', 'reload', 'move', 'restart-runner', 'restore', 'new-qr'] as const

export const addRecover: AddCommands = (program, run) => {
  program
    .command('recover')
    .argument('[name]', 'a session; without it all that have lost their connection')
    .description('bring lost sessions back; --dry-run only says what would be done')
    .option('--dry-run', 'change nothing')
    .option('--step <step>', `this step, in place of the next one of the ladder: ${STEPS.join(', ')}`, oneOf(STEPS))
    .option('--reason <text>', 'stored with the action')
    .option('--no-wait', 'do not wait for the end')
    .action(
      run(async (context, name, { dryRun, step, reason, wait }) => {
        const body = { dryRun: dryRun === true, ...(reason === undefined ? {} : { reason }) }
        if (name === undefined) {
          const all = await answerOf(context.api.POST('/api/connections/recover', { body }))
          context.show(all, () => [
            ...(all.sessions.length === 0 ? ['No session has lost its connection.'] : outcomeLines(context, all.sessions)),
            ...(all.left === 0 ? [] : [`${all.left} more sessions: run it again.`]),
            ...(dryRun || all.sessions.length === 0 ? [] : ['How far they are: holdfast recoveries']),
          ])
          return codeOf(all.sessions)
        }
        const given = { ...body, ...(step === undefined ? {} : { step }) }
        const outcome = await answerOf(
          context.api.POST('/api/sessions/{name}/recover', { params: { path: { name } }, body: given }),
        )
        if (outcome.outcome === 'requested' && outcome.action !== null && wait)
          return await showAction(context, outcome.action, true)
        context.show(outcome, () => [
          `${outcome.session}: ${context.paint(COLOURS[outcome.outcome], outcome.outcome)}${outcome.step === null ? '' : `, ${outcome.step}`}`,
          ...context.sentence([outcome.sentence, outcome.next].filter(Boolean).join(' ')),
          ...(outcome.outcome === 'proposed' && outcome.action
            ? [`Approve it: holdfast recoveries approve ${outcome.action.id}`]
            : []),
        ])
        return codeOf([outcome])
      }),
    )
}

const COLOURS: Record<RecoveryOutcome['outcome'], Colour> = {
  requested: 'green',
  proposed: 'yellow',
  vetoed: 'red',
  nothing: 'dim',
  unknown: 'red',
}

/** A veto is a no to what was asked for. */
const codeOf = (outcomes: readonly RecoveryOutcome[]): ExitCode =>
  outcomes.some(({ outcome }) => outcome === 'vetoed' || outcome === 'unknown') ? EXIT.failed : EXIT.ok

function outcomeLines(context: Context, outcomes: readonly RecoveryOutcome[]): string[] {
  const rows = outcomes.map(({ session, outcome, step, sentence }): Cell[] => [
    session,
    { text: outcome, colour: COLOURS[outcome] },
    step,
    sentence,
  ])
  const columns = [{ title: 'SESSION', least: 10 }, { title: 'OUTCOME' }, { title: 'STEP' }, { title: 'WHY', least: 12 }]
  return context.rows(columns, rows)
}
