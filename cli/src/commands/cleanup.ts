import { answerOf } from '@holdfast/client/client'
import type { CleanUpReport, RecoveryAction } from '@holdfast/client/types'
import { actionLines, codeOfAction, followAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { countOf } from '../options.ts'

export const addCleanup: AddCommands = (program, run) => {
  program
    .command('cleanup')
    .argument('[name]', 'a session; without it all that a runner has')
    .description('move Signal records that were not used for long to the archive; they come back by themselves')
    .option('--dry-run', 'only say what would go')
    .option('--older-than <days>', "days without use, in place of the tenant's", countOf)
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'do not wait for the end')
    .action(
      run(async (context, name, { dryRun, olderThan, yes, wait }) => {
        const body = { dryRun: dryRun === true, ...(olderThan === undefined ? {} : { olderThan }) }
        if (!dryRun) await context.agree(`Clean up ${name ?? 'all sessions'}?`, yes)
        const asked = name === undefined ? await askAll(context, body) : [await askOne(context, name, body)]
        const actions: RecoveryAction[] = []
        for (const action of asked) actions.push(wait ? await followAction(context, action) : action)
        context.show(name === undefined ? actions : actions[0], () =>
          actions.length === 0 ? ['No runner has a session.'] : actions.flatMap((action) => cleanUpLines(context, action)),
        )
        return actions.map(codeOfAction).find((code) => code !== EXIT.ok) ?? EXIT.ok
      }),
    )
}

interface Asked {
  readonly dryRun: boolean
  readonly olderThan?: number
}

const askOne = async (context: Context, name: string, body: Asked): Promise<RecoveryAction> =>
  await answerOf(context.api.POST('/api/sessions/{name}/cleanup', { params: { path: { name } }, body }))

async function askAll(context: Context, body: Asked): Promise<RecoveryAction[]> {
  const actions: RecoveryAction[] = []
  for (let after: string | null = null; ;) {
    const part: { actions: RecoveryAction[]; next: string | null } = await answerOf(
      context.api.POST('/api/cleanup', { body: { ...body, ...(after === null ? {} : { after }) } }),
    )
    actions.push(...part.actions)
    if (part.next === null) return actions
    after = part.next
  }
}

function cleanUpLines(context: Context, action: RecoveryAction): string[] {
  const { report, cleanUp } = action
  return [
    ...actionLines(context, action),
    ...(report === undefined ? [] : reportLines(context, report, cleanUp?.dryRun === true)),
  ]
}

function reportLines(context: Context, { moved, planned, kept }: CleanUpReport, isDryRun: boolean): string[] {
  const going = Object.entries(isDryRun ? planned : moved)
  const word = isDryRun ? 'would go' : 'went'
  const stays = Object.entries(kept).map(
    ([kind, reasons]) => `${Object.values(reasons).reduce((sum, each) => sum + each, 0)} ${kind}`,
  )
  return [
    // The action itself says that nothing goes.
    ...(going.length === 0
      ? []
      : context.sentence(`${going.map(([kind, number]) => `${number} ${kind}`).join(', ')} ${word} to the archive.`, '  ')),
    ...(stays.length === 0 ? [] : context.sentence(`Left: ${stays.join(', ')}.`, '  ')),
  ]
}
