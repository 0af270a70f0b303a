import { costLines } from '../cost/estimate.ts'
import { MESSAGES_A_DAY } from '../cost/month.ts'
import { writeFiles } from '../google/run-command.ts'
import { lineOf } from '../resources/command.ts'
import type { Change } from '../resources/resource.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { commandLines, fieldLines, headline } from './describe.ts'
import { missingPermissions } from './permissions.ts'

export interface PlanOptions {
  /** The number of sessions to estimate the cost of. */
  readonly sessions: number
  readonly say: (line: string) => void
}

export interface Planned {
  /** Number of all resources that are wanted. */
  readonly resources: number
  readonly changes: readonly PlannedChange[]
  /** Permissions that the caller lacks. */
  readonly missing: readonly string[]
}

interface PlannedChange {
  readonly resource: string
  readonly kind: Change['kind']
  readonly different: Change['different']
  readonly commands: readonly string[]
}

/** Says what would change and how, and what it costs. */
export async function plan({ target, resources, rest, sdk }: Deployment, { sessions, say }: PlanOptions): Promise<Planned> {
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
  const missing = await missingPermissions(changes, target.project, rest)
  if (missing.length > 0) say(`You lack permissions in the project: ${missing.join(', ')}. Its owner has them.`)
  for (const line of costLines(target.environment, { sessions, messagesADay: MESSAGES_A_DAY })) say(line)
  const planned = changes.map(({ resource, kind, different, commands }) => ({
    resource: resource.id,
    kind,
    different,
    commands: commands.map((command) => lineOf(command, sdk)),
  }))
  return { resources: wanted, changes: planned, missing }
}

function summary(changes: readonly Change[]): string {
  if (changes.length === 0) return 'nothing to change.'
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length
  const some = (number: number, what: string) => (number === 0 ? '' : `, ${number} ${what}`)
  const others = `${some(count('remove'), 'to remove')}${some(count('refused'), 'that cannot be changed')}`
  return `${count('create')} to create, ${count('update')} to change${others}.`
}
