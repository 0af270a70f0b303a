import { gcloud } from './command.ts'
import { at, listAt, textAt } from './fields.ts'
import { AUDIT_METRICS, metricFilters } from './signals.ts'
import type { Read, Resource } from './resource.ts'
import type { Target } from './target.ts'

/** Metrics that are counted in the logs. */
export function metrics(target: Target): readonly Resource[] {
  const { project, environment } = target
  const wanted = { ...metricFilters, ...(environment.audit.dataAccess ? AUDIT_METRICS : {}) }
  return Object.entries(wanted).map(([name, { filter, description }]) => {
    const file = target.file(`metric-${name}.json`)
    const metric = { name, description, filter, metricDescriptor: { metricKind: 'DELTA', valueType: 'INT64', unit: '1' } }
    const write = (verb: string) => [
      gcloud(project, ['logging', 'metrics', verb, name, `--config-from-file=${file}`], { files: { [file]: metric } }),
    ]
    return {
      id: `metric ${name}`,
      stage: 'metrics',
      reads: [{ url: `https://logging.googleapis.com/v2/projects/${project}/metrics/${name}` }],
      want: () => ({ filter, description }),
      permissions: ['logging.logMetrics.create', 'logging.logMetrics.update'],
      create: () => write('create'),
      update: () => write('update'),
      remove: () => [gcloud(project, ['logging', 'metrics', 'delete', name])],
    }
  })
}

export const channelsRead = ({ project }: Target): Read => ({
  url: `https://monitoring.googleapis.com/v3/projects/${project}/notificationChannels?pageSize=300`,
})

/** Who is told. Google gives channels ids of its own, so that ours are found by a label. */
export function channels(target: Target): readonly Resource[] {
  const { project, environment } = target
  // An address that the file names twice gets each alert once.
  return [...new Set(environment.alerts.emails)].map((email) => ({
    id: `channel ${email}`,
    stage: 'metrics',
    reads: [channelsRead(target)],
    have: ([answer]) => ourChannels(answer).find((channel) => textAt(channel, 'labels', 'email_address') === email),
    permissions: ['monitoring.notificationChannels.create'],
    create: () => [
      gcloud(
        project,
        [
          'monitoring',
          'channels',
          'create',
          '--type=email',
          '--display-name=Holdfast operators',
          `--channel-labels=email_address=${email}`,
          '--user-labels=holdfast=operators',
        ],
        { track: 'beta' },
      ),
    ],
    remove: (have) => [
      gcloud(project, ['monitoring', 'channels', 'delete', textAt(have, 'name') ?? '', '--force'], { track: 'beta' }),
    ],
  }))
}

const ourChannels = (answer: unknown) =>
  listAt(answer, 'notificationChannels').filter((channel) => at(channel, 'userLabels', 'holdfast') === 'operators')

/** Returns Google's names of the channels of the environment's addresses, sorted. */
export const channelNames = ({ environment }: Target, answer: unknown): readonly string[] =>
  ourChannels(answer)
    .filter((channel) => environment.alerts.emails.includes(textAt(channel, 'labels', 'email_address') ?? ''))
    .map((channel) => textAt(channel, 'name') ?? '')
    .toSorted()
