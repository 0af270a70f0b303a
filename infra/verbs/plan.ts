import { type Cost, costLines, costOf, dollars } from '../cost/estimate.ts'
import { type Load, MESSAGES_A_DAY } from '../cost/month.ts'
import type { Environment } from '../environment/environment.ts'
import type { Reader } from '../google/look.ts'
import { writeFiles } from '../google/run-command.ts'
import { lineOf } from '../resources/command.ts'
import { instancesIn } from '../resources/pool-splits.ts'
import type { Change } from '../resources/resource.ts'
import { runnerRead } from '../resources/runner-platform.ts'
import type { Target } from '../resources/target.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { commandLines, fieldLines, headline } from './describe.ts'
import { nextStep } from './next-step.ts'
import { type Permissions, permissionsFor } from './permissions.ts'

export interface PlanOptions {
  /** The number of sessions to estimate the cost of. As many as the runners hold if left out. */
  readonly sessions?: number | undefined
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
  if (changes.length > 0) say(permissionLine(permissions))
  const load = isPart ? null : await loadOf(target, rest, sessions)
  for (const line of load === null ? [COST_LEFT_OUT] : linesOnCost(target.environment, load)) say(line)
  const end = lastLine(changes)
  if (end !== null) say(end)
  const planned = changes.map(({ resource, kind, different, commands }) => ({
    resource: resource.id,
    kind,
    different,
    commands: commands.map((command) => lineOf(command, sdk)),
  }))
  return { resources: wanted, changes: planned, permissions, cost: load && costOf(target.environment, load) }
}

interface CountedLoad extends Load {
  /** Says what is counted. */
  readonly counts: string
}

/** What is counted: the sessions that somebody named, or as many as the runners hold. People scale a fleet without the file. */
async function loadOf(target: Target, rest: Reader, sessions: number | undefined): Promise<CountedLoad> {
  const { instances, maxConnections } = target.environment.runner
  if (sessions !== undefined)
    return { sessions, messagesADay: MESSAGES_A_DAY, counts: `as many runners as ${sessions} session(s) need` }
  const present = instancesIn(await rest.read(runnerRead(target)))
  const file = present === instances ? '' : ` (the file says ${instances})`
  return {
    sessions: (present || instances) * maxConnections,
    messagesADay: MESSAGES_A_DAY,
    counts: present > 0 ? `the ${present} runner(s) that are there${file}` : `the ${instances} runner(s) of the file`,
  }
}

function linesOnCost(environment: Environment, { counts, ...load }: CountedLoad): readonly string[] {
  const { usd } = costOf(environment, load)
  const budget = environment.budget?.usdAMonth
  return [
    ...costLines(environment, load),
    `This counts ${counts}, full of sessions; --sessions N counts others.`,
    ...(budget !== undefined && usd > budget
      ? [`It is above the budget of the file, ${dollars(budget)} a month (\`budget.usdAMonth\`): Google will warn of it.`]
      : []),
  ]
}

/** What Google never changes keeps `apply` from its end, so that nothing follows. */
function lastLine(changes: readonly Change[]): string | null {
  if (changes.length === 0) return nextStep('doctor')
  return changes.some(({ kind }) => kind === 'refused') ? null : nextStep('apply')
}

const COST_LEFT_OUT = 'What a month costs is left out: it is counted for all resources, and --only takes some.'

function permissionLine({ known, missing }: Permissions): string {
  if (!known) return 'Whether you lack permissions cannot be known before the first services of the project are enabled.'
  if (missing.length === 0) return 'You lack no permission.'
  return `You lack permissions in the project: ${missing.join(', ')}. Its owner has them.`
}

function summary(changes: readonly Change[]): string {
  if (changes.length === 0) return 'nothing to change.'
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length
  const some = (number: number, what: string) => (number === 0 ? '' : `, ${number} ${what}`)
  const others = `${some(count('remove'), 'to remove')}${some(count('refused'), 'that cannot be changed')}`
  return `${count('create')} to create, ${count('update')} to change${others}.`
}
