import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'

/**
 * A session moves in and out of the stores of a runner, with the rights and keys of a runner, which the API gives to nobody. So these two
 * only name the command that does it.
 */
export const addMoves: AddCommands = (program, run) => {
  program
    .command('import')
    .argument('<session>', 'the name that it gets')
    .requiredOption('--from <path>', 'a folder or a dump of another program')
    .description('name the command that moves a session of another program in, without a QR code')
    .action(run(async (context, session, { from }) => name(context, ['in', '--from', from, '--session', session])))

  program
    .command('export')
    .argument('<session>', 'a session')
    .requiredOption('--to <folder>', 'a folder that does not exist')
    .description('name the command that moves a session out, as a folder that Baileys reads')
    .action(run(async (context, session, { to }) => name(context, ['out', '--session', session, '--to', to])))
}

async function name(context: Context, words: readonly string[]) {
  const { tenant } = context.options
  const command = ['npm', 'run', 'move', '--', ...words, ...(tenant === undefined ? [] : ['--tenant', tenant])]
  context.show({ command, page: 'docs/MOVING.md' }, () => [
    ...context.sentence(
      'This needs the stores and the wrapping key of a runner, so run it there, in the folder of Holdfast. The first run only says what is there:',
    ),
    '',
    `  ${command.map(quoted).join(' ')}`,
    '',
    'docs/MOVING.md tells of it. Nothing was done here.',
  ])
  return EXIT.failed
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)
