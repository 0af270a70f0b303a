import { answerOf } from '@holdfast/client/client'
import type { WebhookDelivery } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { usage } from '../failure.ts'
import { countOf, oneOf } from '../options.ts'
import type { Cell } from '../output/table.ts'
import { age } from '../output/time.ts'

/** One request sends up to 500 again. */
const MOST_REQUESTS = 100

export const addWebhooks: AddCommands = (program, run) => {
  const webhooks = program.command('webhooks').description('list deliveries, send again what was given up, test end points')

  webhooks
    .command('deliveries', { isDefault: true })
    .description('list deliveries, the newest first')
    .option('-s, --session <name>', 'those of one session')
    .option('--status <status>', 'pending, delivered or dead', oneOf(['pending', 'delivered', 'dead']))
    .option('--limit <number>', 'so many', countOf, 50)
    .option('--cursor <place>', 'go on after the former page')
    .action(
      run(async (context, { session, status, limit, cursor }) => {
        const query = {
          limit,
          ...(session === undefined ? {} : { session }),
          ...(status === undefined ? {} : { status }),
          ...(cursor === undefined ? {} : { cursor }),
        }
        const page = await answerOf(context.api.GET('/api/webhooks/deliveries', { params: { query } }))
        context.show(page, () => [
          ...(page.deliveries.length === 0 ? ['There is no delivery.'] : deliveryLines(context, page.deliveries)),
          ...(page.cursor === null || page.deliveries.length < limit ? [] : [`More: --cursor ${page.cursor}`]),
        ])
      }),
    )

  webhooks
    .command('redrive')
    .argument('[ids...]', 'deliveries that were given up')
    .description('send again what was given up; each keeps its id and its bytes')
    .option('--all', 'all of the tenant')
    .option('-s, --session <name>', 'all of one session')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, ids, { all, session, yes }) => {
        if (ids.length > 0) {
          if (all || session !== undefined) throw usage('It is ids, --all or --session.')
          const given: WebhookDelivery[] = []
          for (const id of ids) {
            given.push(await answerOf(context.api.POST('/api/webhooks/deliveries/{id}/redrive', { params: { path: { id } } })))
          }
          return context.show(given, () => given.map(({ id, status }) => `${id} is ${status}.`))
        }
        if (!all && session === undefined) throw usage('Which ones? Give ids, --session NAME or --all.')
        await context.agree(`Send everything again that was given up${session === undefined ? '' : ` for ${session}`}?`, yes)
        const result = await redriveAll(context, session)
        context.show(result, () => [
          `${result.redriven} are sent again.`,
          ...(result.hasMore ? ['There are more. Run it again.'] : []),
        ])
        return result.hasMore ? EXIT.failed : EXIT.ok
      }),
    )

  webhooks
    .command('test')
    .description('send an event webhook.test to the end points, and show what they answer')
    .option('-s, --session <name>', 'also the end points of this session')
    .action(
      run(async (context, { session }) => {
        context.progress.show('Waiting for the end points …')
        const body = session === undefined ? {} : { session }
        const test = await answerOf(context.api.POST('/api/webhooks/test', { body }))
        context.show(test, () => {
          if (test.endpoints.length === 0) return ['No end point is configured.']
          const rows = test.endpoints.map(({ host, outcome, problem }): Cell[] => [
            host,
            { text: outcome, colour: outcome === 'delivered' ? 'green' : 'red' },
            problem,
          ])
          return context.rows([{ title: 'END POINT', least: 12 }, { title: 'OUTCOME' }, { title: 'WHAT', least: 12 }], rows)
        })
        return test.endpoints.every(({ outcome }) => outcome === 'delivered') ? EXIT.ok : EXIT.failed
      }),
    )
}

async function redriveAll(context: Context, session: string | undefined): Promise<{ redriven: number; hasMore: boolean }> {
  const body = session === undefined ? {} : { session }
  let sum = { redriven: 0, hasMore: true }
  for (let asked = 0; sum.hasMore && asked < MOST_REQUESTS; asked++) {
    const part = await answerOf(context.api.POST('/api/webhooks/deliveries/redrive', { body }))
    sum = { redriven: sum.redriven + part.redriven, hasMore: part.hasMore }
    context.progress.show(`${sum.redriven} are sent again …`)
  }
  return sum
}

const COLOURS = { pending: 'yellow', delivered: 'green', dead: 'red' } as const

function deliveryLines(context: Context, deliveries: readonly WebhookDelivery[]): string[] {
  const rows = deliveries.map(({ id, event, session, host, status, attempts, at, problem }): Cell[] => [
    id,
    event,
    session,
    host,
    { text: status, colour: COLOURS[status] },
    attempts,
    age(at, context.now),
    problem === null ? null : `${problem.code}: ${problem.message}`,
  ])
  const columns = [
    { title: 'DELIVERY' },
    { title: 'EVENT', least: 10 },
    { title: 'SESSION', least: 8, isOptional: true as const },
    { title: 'HOST', least: 8, isOptional: true as const },
    { title: 'STATUS' },
    { title: 'ATTEMPTS', align: 'right' as const, isOptional: true as const },
    { title: 'AGE', align: 'right' as const },
    { title: 'PROBLEM', least: 12 },
  ]
  return context.rows(columns, rows)
}
