import { answerOf } from '@holdfast/client/client'
import type { Message, RetryAll } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { usage } from '../failure.ts'
import { MESSAGE_COLUMNS, messageRows } from '../messages.ts'
import { countOf } from '../options.ts'

export const addFailed: AddCommands = (program, run) => {
  const failed = program.command('failed').description('list, retry and delete messages that have failed')

  failed
    .command('list', { isDefault: true })
    .description('list failed messages and why, the newest first')
    .option('--limit <number>', 'so many', countOf, 50)
    .option('--cursor <place>', 'go on after the former page')
    .action(
      run(async (context, { limit, cursor }) => {
        const query = { limit, ...(cursor === undefined ? {} : { cursor }) }
        const page = await answerOf(context.api.GET('/api/whatsapp/failed', { params: { query } }))
        context.show(page, () => [
          ...(page.messages.length === 0
            ? ['No message has failed.']
            : context.rows(MESSAGE_COLUMNS, messageRows(context, page.messages))),
          ...(page.cursor === null || page.messages.length < limit ? [] : [`More: --cursor ${page.cursor}`]),
        ])
      }),
    )

  failed
    .command('retry')
    .argument('[ids...]', 'messages')
    .description('put failed messages back into the queue, with the same ids')
    .option('--all', 'all of the tenant')
    .option('-s, --session <name>', 'all of one session')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, ids, { all, session, yes }) => {
        if (ids.length > 0) {
          if (all || session !== undefined) throw usage('It is ids, --all or --session.')
          const messages: Message[] = []
          for (const id of ids) {
            messages.push(await answerOf(context.api.POST('/api/messages/{id}/retry', { params: { path: { id } } })))
          }
          return context.show(messages, () => messages.map(({ jobId, status }) => `${jobId} is ${status}.`))
        }
        if (!all && session === undefined) throw usage('Which ones? Give ids, --session NAME or --all.')
        await context.agree(`Send all failed messages${session === undefined ? '' : ` of ${session}`} again?`, yes)
        const result = await retryAll(context, session)
        context.show(result, () => retriedLines(result))
        return result.isComplete ? EXIT.ok : EXIT.failed
      }),
    )

  failed
    .command('delete')
    .argument('<ids...>', 'messages that have ended')
    .description('put messages away: they leave the lists and the figures')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, ids, { yes }) => {
        await context.agree(
          `Put ${ids.length === 1 ? 'this message' : `these ${ids.length} messages`} away? It cannot be retried then.`,
          yes,
        )
        const messages: Message[] = []
        for (const id of ids)
          messages.push(await answerOf(context.api.DELETE('/api/messages/{id}', { params: { path: { id } } })))
        context.show(messages, () => messages.map(({ jobId }) => `${jobId} is put away.`))
      }),
    )
}

/** One request has a time for so many. It may be repeated at any time, and each goes on. */
const MOST_REQUESTS = 100

async function retryAll(context: Context, session: string | undefined): Promise<RetryAll> {
  const body = session === undefined ? {} : { session }
  let sum: RetryAll = { retried: 0, expired: 0, damaged: 0, isComplete: false }
  for (let asked = 0; !sum.isComplete && asked < MOST_REQUESTS; asked++) {
    const part = await answerOf(context.api.POST('/api/queue/retry-failed', { body }))
    // What stays failed is counted by each request anew.
    sum = { ...part, retried: sum.retried + part.retried }
    context.progress.show(`${sum.retried} are back in the queue …`)
  }
  return sum
}

const retriedLines = ({ retried, expired, damaged, isComplete }: RetryAll): string[] => [
  `${retried} messages are back in the queue.`,
  ...(expired === 0 ? [] : [`${expired} stay failed, because they have expired.`]),
  ...(damaged === 0 ? [] : [`${damaged} cannot be read.`]),
  ...(isComplete ? [] : ['There are more. Run it again.']),
]
