import { gcloud } from './command.ts'
import { at, type Fields, listAt, textAt, textsAt } from './fields.ts'
import { channelNames, channelsRead } from './monitoring.ts'
import type { Answers, Resource } from './resource.ts'
import { AUDIT_SIGNALS, CHARTS, filtersOf, type Signal, SIGNALS } from './signals.ts'
import type { Target } from './target.ts'

/** What tells operators, and what shows them how things stand. */
export const alerts = (target: Target): readonly Resource[] => [
  ...Object.entries({ ...SIGNALS, ...(target.environment.audit.dataAccess ? AUDIT_SIGNALS : {}) }).map(([label, signal]) =>
    policy(target, label, signal),
  ),
  dashboard(target),
  ...budget(target),
]

/** Google gives policies ids of its own: ours is found by its label. */
function policy(target: Target, label: string, signal: Signal): Resource {
  const { project } = target
  const file = target.file(`policy-${label}.json`)
  const command = (answers: Answers, ...words: readonly string[]) =>
    gcloud(project, ['monitoring', 'policies', ...words, `--policy-from-file=${file}`], {
      track: 'alpha',
      files: { [file]: policyOf(target, label, signal, answers) },
    })
  return {
    id: `alert policy ${label}`,
    stage: 'alerts',
    reads: [{ url: `https://monitoring.googleapis.com/v3/projects/${project}/alertPolicies?pageSize=300` }, channelsRead(target)],
    have: ([answer]) =>
      withSortedChannels(listAt(answer, 'alertPolicies').find((one) => at(one, 'userLabels', 'holdfast') === label)),
    want: (answers) => policyOf(target, label, signal, answers),
    permissions: ['monitoring.alertPolicies.create', 'monitoring.alertPolicies.update'],
    create: (answers) => [command(answers, 'create')],
    update: (have, answers) => [command(answers, 'update', textAt(have, 'name') ?? '')],
    remove: (have) => [gcloud(project, ['monitoring', 'policies', 'delete', textAt(have, 'name') ?? ''], { track: 'alpha' })],
  }
}

const policyOf = (target: Target, label: string, { title, meaning, condition }: Signal, [, channels]: Answers) => ({
  displayName: `Holdfast: ${title}`,
  combiner: 'OR',
  userLabels: { holdfast: label },
  conditions: [filtersOf(target.environment.runner.platform, condition)],
  alertStrategy: { autoClose: '1800s' },
  documentation: { mimeType: 'text/markdown', content: `${meaning} See docs/RUNBOOK.md, "${title}".` },
  notificationChannels: channelNames(target, channels),
})

const withSortedChannels = (policy: Fields | undefined): Fields | null =>
  policy ? { ...policy, notificationChannels: textsAt(policy, 'notificationChannels') } : null

const TILES_IN_A_ROW = 2
const COLUMNS = 12
const HEIGHT = 4

function dashboard(target: Target): Resource {
  const { project } = target
  const file = target.file('dashboard.json')
  const name = `projects/${project}/dashboards/holdfast`
  const charts = filtersOf(target.environment.runner.platform, CHARTS)
  const wanted = { displayName: 'Holdfast', mosaicLayout: { columns: COLUMNS, tiles: charts.map(tile) } }
  const command = (words: readonly string[], content: object) =>
    gcloud(project, ['monitoring', 'dashboards', ...words, `--config-from-file=${file}`], { files: { [file]: content } })
  return {
    id: 'dashboard',
    stage: 'alerts',
    reads: [{ url: `https://monitoring.googleapis.com/v1/${name}` }],
    want: () => wanted,
    permissions: ['monitoring.dashboards.create', 'monitoring.dashboards.update'],
    create: () => [command(['create'], { ...wanted, name })],
    update: (have) => [command(['update', 'holdfast'], { ...wanted, name, etag: at(have, 'etag') })],
    remove: () => [gcloud(project, ['monitoring', 'dashboards', 'delete', 'holdfast'])],
  }
}

function tile({ title, filter, aligner, reducer }: (typeof CHARTS)[number], index: number) {
  const width = COLUMNS / TILES_IN_A_ROW
  const aggregation = { alignmentPeriod: '60s', perSeriesAligner: aligner, crossSeriesReducer: reducer }
  return {
    // The first tile is at zero, which Google leaves out.
    ...(index % TILES_IN_A_ROW === 0 ? {} : { xPos: (index % TILES_IN_A_ROW) * width }),
    ...(index < TILES_IN_A_ROW ? {} : { yPos: Math.floor(index / TILES_IN_A_ROW) * HEIGHT }),
    width,
    height: HEIGHT,
    widget: {
      title,
      xyChart: { dataSets: [{ plotType: 'LINE', timeSeriesQuery: { timeSeriesFilter: { filter, aggregation } } }] },
    },
  }
}

/** The thresholds are shares of the month's amount. Whoever administers the billing account is told. */
function budget({ project, environment }: Target): readonly Resource[] {
  if (!environment.budget) return []
  const { billingAccount, usdAMonth } = environment.budget
  const url = `https://billingbudgets.googleapis.com/v1/billingAccounts/${billingAccount}/budgets?pageSize=100`
  const displayName = `Holdfast ${project}`
  const account = `--billing-account=${billingAccount}`
  return [
    {
      id: 'budget',
      stage: 'alerts',
      reads: [{ url }],
      have: ([answer]) => listAt(answer, 'budgets').find((one) => one['displayName'] === displayName),
      want: () => ({ amount: { specifiedAmount: { units: String(usdAMonth) } } }),
      // It is a permission on the billing account, not on the project.
      permissions: [],
      create: () => [
        gcloud(project, [
          'billing',
          'budgets',
          'create',
          account,
          `--display-name=${displayName}`,
          `--budget-amount=${usdAMonth}USD`,
          `--filter-projects=projects/${project}`,
          '--threshold-rule=percent=0.5',
          '--threshold-rule=percent=0.9',
          '--threshold-rule=percent=1.0',
        ]),
      ],
      update: (have) => [
        gcloud(project, ['billing', 'budgets', 'update', textAt(have, 'name') ?? '', `--budget-amount=${usdAMonth}USD`]),
      ],
      remove: (have) => [gcloud(project, ['billing', 'budgets', 'delete', textAt(have, 'name') ?? ''])],
    },
  ]
}
