import { answerOf } from '@holdfast/client/client'
import type { Alert } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import { addAlertDevices } from './alert-devices.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { countOf, oneOf } from '../options.ts'
import type { Cell } from '../output/table.ts'
import { age, clock } from '../output/time.ts'

export const addAlerts: AddCommands = (program, run) => {
  const alerts = program
    .command('alerts')
    .description('list alerts, acknowledge or silence one, test the channels, remove browsers')

  alerts
    .command('list', { isDefault: true })
    .description('list what is open or acknowledged')
    .option('--all', 'also what is over')
    .option('--severity <severity>', 'info, warning or critical', oneOf(['info', 'warning', 'critical']))
    .option('-s, --session <name>', 'those about one session')
    .action(
      run(async (context, { all, severity, session }) => {
        const query = { ...(severity === undefined ? {} : { severity }), ...(session === undefined ? {} : { session }) }
        const found = await allAlerts(context, query)
        const shown = found.filter(({ state }) => all || state !== 'resolved')
        context.show(shown, () => alertLines(context, shown))
      }),
    )

  alerts
    .command('ack')
    .alias('acknowledge')
    .argument('<id>', 'an alert')
    .description('somebody takes care of it: nobody is reminded any more')
    .action(
      run(async (context, id) => {
        const alert = await answerOf(context.api.POST('/api/alerts/{id}/acknowledge', { params: { path: { id } } }))
        context.show(alert, () => [`${id} is ${alert.state}.`])
      }),
    )

  alerts
    .command('silence')
    .argument('<id>', 'an alert')
    .description('tell nobody of an alert for a time')
    .option('--minutes <number>', 'for so long', countOf, 60)
    .action(
      run(async (context, id, { minutes }) => {
        const alert = await answerOf(
          context.api.POST('/api/alerts/{id}/silence', { params: { path: { id } }, body: { minutes } }),
        )
        context.show(alert, () => [`${id} is silent until ${clock(alert.silencedUntil)}.`])
      }),
    )

  alerts
    .command('test')
    .description('send a message to the channels, and show which took it')
    .option('--channel <name>', 'only this one')
    .action(
      run(async (context, { channel }) => {
        context.progress.show('Waiting for the channels …')
        const test = await answerOf(context.api.POST('/api/alerts/test', { body: channel === undefined ? {} : { channel } }))
        context.show(test, () => {
          if (test.channels.length === 0) return ['No channel is configured.']
          const rows = test.channels.map(({ channel, outcome, problem }): Cell[] => [
            channel,
            { text: outcome, colour: outcome === 'delivered' ? 'green' : 'red' },
            problem,
          ])
          return context.rows([{ title: 'CHANNEL', least: 10 }, { title: 'OUTCOME' }, { title: 'WHAT', least: 12 }], rows)
        })
        return test.channels.every(({ outcome }) => outcome === 'delivered') ? EXIT.ok : EXIT.failed
      }),
    )

  addAlertDevices(alerts, run)
}

const PAGE = 200

async function allAlerts(context: Context, filter: { severity?: Alert['severity']; session?: string }): Promise<Alert[]> {
  const found: Alert[] = []
  for (let cursor: string | null = null; ;) {
    const query: typeof filter & { limit: number; cursor?: string } = {
      ...filter,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    }
    const page: { alerts: Alert[]; cursor: string | null } = await answerOf(context.api.GET('/api/alerts', { params: { query } }))
    found.push(...page.alerts)
    if (page.cursor === null || page.alerts.length < PAGE) return found
    cursor = page.cursor
  }
}

const COLOURS = { info: 'dim', warning: 'yellow', critical: 'red' } as const

function alertLines(context: Context, alerts: readonly Alert[]): string[] {
  if (alerts.length === 0) return ['No alert is open.']
  const rows = alerts.map((alert): Cell[] => [
    alert.id,
    { text: alert.severity, colour: COLOURS[alert.severity] },
    isSilent(alert, context.now) ? `${alert.state}, silent` : alert.state,
    age(alert.lastSeenAt, context.now),
    alert.count,
    [alert.sentence, alert.userAction].filter(Boolean).join(' '),
  ])
  const columns = [
    { title: 'ALERT' },
    { title: 'SEVERITY' },
    { title: 'STATE' },
    { title: 'SEEN', align: 'right' as const, isOptional: true as const },
    { title: 'TIMES', align: 'right' as const, isOptional: true as const },
    { title: 'WHAT', least: 16 },
  ]
  return context.rows(columns, rows)
}

const isSilent = ({ silencedUntil }: Alert, now: number): boolean => silencedUntil !== null && Date.parse(silencedUntil) > now
