import { type Cost, costLines, costOf } from '../cost/estimate.ts'
import { MESSAGES_A_DAY } from '../cost/month.ts'
import { writeFiles } from '../google/run-command.ts'
import { lineOf } from '../resources/command.ts'
import type { Change } from '../resources/resource.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { commandLines, fieldLines, headline } from './describe.ts'
import { type Permissions, permissionsFor } from './permissions.ts'

export interface PlanOptions {
  /** The number of sessions to estimate the cost of. */
  readonly sessions: number
  /** True: the resources are some of all, so that the cost of all would mislead. */
  readonly isPart: boolean
  readonly say: (line: string) => void
}

/** What `plan --json` prints. Programs read it, so that fields are only added. */
export interface Planned {
  /** Number of all resources that are wanted. */
  readonly resources: number
  readonly changes: readonly PlannedChange[]
  readonly permissions: Permissions
  /** Null for a part of the resources. */
  readonly cost: Cost | null
}

interface PlannedChange {
  readonly resource: string
  readonly kind: Change['kind']
  readonly different: Change['different']
  readonly commands: readonly string[]
}

/** Says what would change and how, and what it costs. */
export async function plan(
  { target, resources, rest, sdk }: Deployment,
  { sessions, isPart, say }: PlanOptions,
): Promise<Planned> {
  const startedAt = performance.now()
  const changes = changesIn(await judgeAll(resources, rest))
  const tookMs = Math.round(performance.now() - startedAt)
  await sdk.learn(changes.flatMap(({ commands }) => commands))
  for (const change of changes) {
    // Whoever runs the commands by hand needs their files.
    for (const command of change.commands) writeFiles(command)
    for (const line of [headline(change), ...fieldLines(change), ...commandLines(change, sdk)]) say(line)
  }
  const wanted = resources.filter(({ unwanted }) => !unwanted).length
  say(`${wanted} resources of ${target.project}: ${summary(changes)} (${rest.reads} reads in ${tookMs} ms)`)
  const permissions = await permissionsFor(changes, target.project, rest)
  for (const line of permissionLines(permissions)) say(line)
  const load = { sessions, messagesADay: MESSAGES_A_DAY }
  for (const line of isPart ? [COST_LEFT_OUT] : costLines(target.environment, load)) say(line)
  const planned = changes.map(({ resource, kind, different, commands }) => ({
    resource: resource.id,
    kind,
    different,
    commands: commands.map((command) => lineOf(command, sdk)),
  }))
  return { resources: wanted, changes: planned, permissions, cost: isPart ? null : costOf(target.environment, load) }
}

const COST_LEFT_OUT = 'What a month costs is left out: it is counted for all resources, and --only takes some.'

function permissionLines({ known, missing }: Permissions): readonly string[] {
  if (!known) return ['Whether you lack permissions cannot be known before the first services of the project are enabled.']
  if (missing.length === 0) return []
  return [`You lack permissions in the project: ${missing.join(', ')}. Its owner has them.`]
}

function summary(changes: readonly Change[]): string {
  if (changes.length === 0) return 'nothing to change.'
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length
  const some = (number: number, what: string) => (number === 0 ? '' : `, ${number} ${what}`)
  const others = `${some(count('remove'), 'to remove')}${some(count('refused'), 'that cannot be changed')}`
  return `${count('create')} to create, ${count('update')} to change${others}.`
}
