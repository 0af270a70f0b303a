import { answerOf } from '@holdfast/client/client'
import type { Message, Queue } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { messageLines, messageRows, MESSAGE_COLUMNS } from '../messages.ts'
import { countOf, statusOf } from '../options.ts'
import { length } from '../output/time.ts'
import type { Cell } from '../output/table.ts'
import { Failure } from '../failure.ts'

const FIGURES = ['waiting', 'held', 'scheduled', 'retrying', 'active', 'sent', 'failed', 'canceled'] as const

export const addQueue: AddCommands = (program, run) => {
  const queue = program.command('queue').description('show the queue, its messages, and what became of one')

  queue
    .command('figures', { isDefault: true })
    .description('show how many messages wait, for what, and how many have failed')
    .action(
      run(async (context) => {
        const figures = await answerOf(context.api.GET('/api/queue'))
        context.show(figures, () => figureLines(context, figures))
      }),
    )

  queue
    .command('list')
    .description('list messages to send, the newest first')
    .option('--status <status>', 'pending, processing, sent, delivered, read, failed or canceled', statusOf)
    .option('-s, --session <name>', 'those of one session')
    .option('--chat <id>', 'those to one chat; only together with --status, or without --session')
    .option('--limit <number>', 'so many', countOf, 50)
    .option('--cursor <place>', 'go on after the former page')
    .action(
      run(async (context, { status, session, chat, limit, cursor }) => {
        const query = {
          limit,
          ...(status === undefined ? {} : { status }),
          ...(session === undefined ? {} : { session }),
          ...(chat === undefined ? {} : { chatId: chat }),
          ...(cursor === undefined ? {} : { cursor }),
        }
        const page = await answerOf(context.api.GET('/api/messages', { params: { query } }))
        if (!('messages' in page)) throw new Failure('With --session and --chat alone the API lists the chat. Add --status.')
        context.show(page, () => [
          ...(page.messages.length === 0
            ? ['There is no such message.']
            : context.rows(MESSAGE_COLUMNS, messageRows(context, page.messages))),
          ...(page.cursor === null || page.messages.length < limit ? [] : [`More: --cursor ${page.cursor}`]),
        ])
      }),
    )

  queue
    .command('show')
    .argument('<id>', 'the id of a message')
    .description('show a message: its state, its timeline, and why it waits')
    .action(
      run(async (context, id) => {
        const message = await answerOf(context.api.GET('/api/messages/{id}', { params: { path: { id } } }))
        context.show(message, () => messageLines(context, message))
      }),
    )

  queue
    .command('cancel')
    .argument('<id>', 'the id of a message that waits')
    .description('cancel a message; it is never sent then')
    .action(
      run(async (context, id) => {
        const message = await answerOf(context.api.POST('/api/messages/{id}/cancel', { params: { path: { id } } }))
        context.show(message, () => [stateLine(message)])
      }),
    )
}

const stateLine = ({ jobId, status }: Message): string => `${jobId} is ${status}.`

function figureLines(context: Context, { sessions, oldest, ...all }: Queue): string[] {
  const cells = (figures: Omit<typeof all, never>): Cell[] =>
    FIGURES.map((name) =>
      name === 'failed' && figures.failed > 0 ? { text: String(figures.failed), colour: 'red' } : figures[name],
    )
  const rows: Cell[][] = [
    ...Object.entries(sessions).map(([name, figures]): Cell[] => [name, ...cells(figures)]),
    [{ text: 'all', colour: 'bold' }, ...cells(all)],
  ]
  const columns = [
    { title: 'SESSION', least: 10 },
    ...FIGURES.map((name) => ({ title: name.toUpperCase(), align: 'right' as const })),
  ]
  return [
    ...context.rows(columns, rows),
    ...(oldest === null ? [] : [`The oldest that waits is in the queue for ${length(oldest.ageMs)}.`]),
  ]
}
