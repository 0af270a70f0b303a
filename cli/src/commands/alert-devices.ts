import { answerOf } from '@holdfast/client/client'
import type { AlertDevice } from '@holdfast/client/types'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import type { Cell } from '../output/table.ts'
import { age } from '../output/time.ts'

/** Browsers that show alerts while no page is open. One is added in the dashboard: only a browser itself can subscribe. */
export const addAlertDevices: AddCommands = (alerts, run) => {
  const devices = alerts.command('devices').description('list and remove the browsers that show alerts while no page is open')

  devices
    .command('list', { isDefault: true })
    .description('list the browsers')
    .action(
      run(async (context) => {
        const { devices: found } = await answerOf(context.api.GET('/api/alerts/devices'))
        context.show(found, () => deviceLines(context, found))
      }),
    )

  devices
    .command('remove')
    .argument('<id>', 'a browser')
    .description('show no more alerts in a browser')
    .option('-y, --yes', 'do not ask')
    .action(
      run(async (context, id, { yes }) => {
        await context.agree(`Remove the browser ${id}? It shows no more alerts, until somebody adds it there again.`, yes)
        const device = await answerOf(context.api.DELETE('/api/alerts/devices/{id}', { params: { path: { id } } }))
        context.show(device, () => [`${device.name} shows no more alerts.`])
      }),
    )
}

function deviceLines(context: Context, devices: readonly AlertDevice[]): string[] {
  if (devices.length === 0) return ['No browser shows alerts. One is added in the dashboard, at Alerts.']
  const rows = devices.map(({ id, name, minSeverity, createdAt, createdBy, isMine }): Cell[] => [
    id,
    name,
    minSeverity,
    age(createdAt, context.now),
    isMine ? `${createdBy}, yours` : createdBy,
  ])
  const columns = [
    { title: 'DEVICE' },
    { title: 'BROWSER', least: 10 },
    { title: 'FROM' },
    { title: 'SINCE', align: 'right' as const, isOptional: true as const },
    { title: 'KEY', least: 8 },
  ]
  return context.rows(columns, rows)
}
