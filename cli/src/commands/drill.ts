import { answerOf } from '@holdfast/client/client'
import { showAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'

export const addDrill: AddCommands = (program, run) => {
  program
    .command('drill')
    .argument('[runner]', 'the id of a runner; without it the one with the fewest connected sessions')
    .description('make a runner crash, and see how its sessions come back')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'do not wait for the outcome')
    .action(
      run(async (context, runner, { yes, wait }) => {
        await context.agree(
          `Make ${runner ?? 'a runner'} crash? Its sessions are without a connection until another runner has them.`,
          yes,
        )
        const body = runner === undefined ? {} : { runner }
        return showAction(context, await answerOf(context.api.POST('/api/fleet/crash-drill', { body })), wait)
      }),
    )
}
