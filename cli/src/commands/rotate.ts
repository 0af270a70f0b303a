import { answerOf } from '@holdfast/client/client'
import { showAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'
import { EXIT } from '../exit-codes.ts'

export const addRotate: AddCommands = (program, run) => {
  program
    .command('rotate')
    .argument('<name>', 'a session')
    .description('give a session a new device; its phone then has to link it anew')
    .option('--dry-run', 'only say what would happen')
    .option('-y, --yes', 'do not ask')
    .option('--no-wait', 'do not wait for the end')
    .action(
      run(async (context, name, { dryRun, yes, wait }) => {
        const ask = async (approve: boolean) =>
          await answerOf(context.api.POST('/api/sessions/{name}/rotate', { params: { path: { name } }, body: { approve } }))
        const plan = await ask(false)
        const lines = context.sentence(plan.sentence)
        if (dryRun) {
          context.show(plan, () => lines)
          return EXIT.ok
        }
        for (const line of lines) context.line(line)
        await context.agree(`Give ${name} a new device? Somebody has to scan its QR code then.`, yes)
        const begun = await ask(true)
        if (!begun.approved) throw new Error('The API did not take the approval.')
        const code = await showAction(context, begun.action, wait)
        context.line(`Then link its phone: holdfast pair ${name}`)
        return code
      }),
    )
}
