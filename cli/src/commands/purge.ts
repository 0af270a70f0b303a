import { answerOf } from '@holdfast/client/client'
import type { Purge } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { Failure, usage } from '../failure.ts'
import { oneOf } from '../options.ts'
import type { Cell } from '../output/table.ts'
import { clock } from '../output/time.ts'

const PHASES = ['waiting', 'removing', 'done'] as const

export const addPurge: AddCommands = (program, run) => {
  program
    .command('purge')
    .argument('<name>', 'a session')
    .description('remove a session with all that it has stored, after seven days in which it can be taken back')
    .option('--confirm <name>', 'its name once more, in place of the question')
    .action(
      run(async (context, name, { confirm }) => {
        const params = { path: { name } }
        const session = await answerOf(context.api.GET('/api/sessions/{name}', { params }))
        context.line(`${session.name}: ${session.status}. ${session.sentence}`)
        const given = confirm ?? (await typedName(context, name))
        if (given !== name) throw new Failure('That is another name. Nothing was changed.', { exitCode: EXIT.usage })
        const query = { purge: 'true' as const, confirm: given }
        const removal = await answerOf(context.api.DELETE('/api/sessions/{name}', { params: { path: { name }, query } }))
        context.show(removal, () => [
          ...(removal.purge === undefined ? ['There is no such session.'] : purgeLines(context, removal.purge)),
          `Take it back: holdfast purges cancel ${name}`,
        ])
      }),
    )

  const purges = program.command('purges').description('list purges, show one, take one back')

  purges
    .command('list', { isDefault: true })
    .description('list sessions that are being removed')
    .option('--phase <phase>', PHASES.join(', '), oneOf(PHASES))
    .option('--cursor <place>', 'go on after the former page')
    .action(
      run(async (context, { phase, cursor }) => {
        const query = { ...(phase === undefined ? {} : { phase }), ...(cursor === undefined ? {} : { cursor }) }
        const found = await answerOf(context.api.GET('/api/purges', { params: { query } }))
        context.show(found, () => {
          const rows = found.purges.map((purge): Cell[] => [
            purge.session,
            purge.phase,
            clock(purge.removalAt),
            clock(purge.finalAt),
            purge.sentence,
          ])
          const columns = [
            { title: 'SESSION', least: 10 },
            { title: 'PHASE' },
            { title: 'KEYS GO' },
            { title: 'NO COPY LEFT' },
            { title: 'WHAT', least: 12 },
          ]
          return [
            ...(rows.length === 0 ? ['No session is being removed.'] : context.rows(columns, rows)),
            ...found.unreadable.map((name) => `The purge of ${name} is damaged. Ask for it once more: holdfast purge ${name}`),
            ...(found.cursor === null ? [] : [`More: --cursor ${found.cursor}`]),
          ]
        })
      }),
    )

  purges
    .command('show')
    .argument('<name>', 'a session')
    .description('show how far a purge is')
    .action(
      run(async (context, name) => {
        const purge = await answerOf(context.api.GET('/api/sessions/{name}/purge', { params: { path: { name } } }))
        context.show(purge, () => purgeLines(context, purge))
      }),
    )

  purges
    .command('cancel')
    .argument('<name>', 'a session')
    .description('take a purge back; the session is there again, stopped')
    .action(
      run(async (context, name) => {
        const session = await answerOf(context.api.POST('/api/sessions/{name}/purge/cancel', { params: { path: { name } } }))
        context.show(session, () => [`${name} is there again. Start it: holdfast sessions start ${name}`])
      }),
    )
}

async function typedName(context: Context, name: string): Promise<string | null> {
  if (context.isJson || !context.host.stdin.isTerminal) throw usage('Nobody can be asked here.', `Say --confirm ${name}.`)
  return await context.host.questions.text(`All that ${name} has stored goes. Type its name to go on:`)
}

const purgeLines = (context: Context, { session, phase, sentence, removalAt, finalAt, device }: Purge): string[] => [
  `${session}: ${phase}.`,
  ...context.sentence(`${sentence} ${device.sentence}`),
  `Its keys go on ${clock(removalAt)}; no copy is left on ${clock(finalAt)}.`,
]
