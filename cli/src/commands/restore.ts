import { answerOf } from '@holdfast/client/client'
import type { RestoreOfAllPlan, RestoreOfAllRun } from '@holdfast/client/types'
import { showAction } from '../actions.ts'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { usage } from '../failure.ts'
import { followRun, runLines } from '../many-sessions.ts'
import type { Cell } from '../output/table.ts'
import { length, readTime } from '../output/time.ts'
import { planLines } from '../restore-plan.ts'

interface Choice {
  readonly dryRun: boolean
  readonly yes: boolean | undefined
  readonly wait: boolean
}

export const addRestore: AddCommands = (program, run) => {
  program
    .command('restore')
    .argument('[name]', 'a session')
    .description('mend a damaged session, or return to a backup: first says what would be lost, then asks')
    .option('--backup <id>', 'return to this backup')
    .option('--at <time>', 'return to the newest backup that is not after this time; 2h is two hours ago')
    .option('--all', 'all sessions, together with --at')
    .option('--dry-run', 'only say what would be lost')
    .option('-y, --yes', 'accept what would be lost, without a question')
    .option('--no-wait', 'do not wait for the end')
    .action(
      run(async (context, name, { backup, at, all, dryRun, yes, wait }) => {
        const time = at === undefined ? undefined : readTime(at, context.now, -1)
        if (time === null) throw usage(`"${at}" is no time: as 2026-12-31T18:00:00Z, or as 2h.`)
        const choice = { dryRun: dryRun === true, yes, wait }
        if (name !== undefined && !all) {
          return await restoreOne(context, name, { ...(backup && { backup }), ...(time && { at: time }) }, choice)
        }
        if (name !== undefined || !all) throw usage('Which one? Give a session, or --all with --at.')
        if (time === undefined || backup !== undefined) throw usage('--all needs --at, and no --backup.')
        return await restoreMany(context, time, choice)
      }),
    )
}

async function restoreOne(
  context: Context,
  name: string,
  to: { readonly backup?: string; readonly at?: string },
  { dryRun, yes, wait }: Choice,
): Promise<ExitCode | undefined> {
  const ask = async (approve: boolean) =>
    await answerOf(context.api.POST('/api/sessions/{name}/restore', { params: { path: { name } }, body: { ...to, approve } }))
  const plan = await ask(false)
  if (plan.approved) throw new Error('The API has restored without an approval.')
  if (dryRun) {
    context.show(plan, () => [...planLines(context, plan), `Do it: holdfast restore ${name}${optionsOf(to)}`])
    return EXIT.ok
  }
  for (const line of planLines(context, plan)) context.line(line)
  await context.agree(`Restore ${name}?`, yes)
  const done = await ask(true)
  if ('action' in done) return await showAction(context, done.action, wait)
  context.show(done, () => [`${name} is there again.`, ...('next' in done ? context.sentence(done.next) : [])])
  return EXIT.ok
}

const optionsOf = ({ backup, at }: { readonly backup?: string; readonly at?: string }): string =>
  `${backup === undefined ? '' : ` --backup ${backup}`}${at === undefined ? '' : ` --at ${at}`}`

async function restoreMany(context: Context, at: string, { dryRun, yes, wait }: Choice): Promise<ExitCode> {
  const plan = await planOfAll(context, at)
  if (dryRun) {
    context.show(plan, () => manyLines(context, plan))
    return EXIT.ok
  }
  for (const line of manyLines(context, plan)) context.line(line)
  await context.agree(`Return ${plan.sums.sessions} sessions?`, yes)
  const begun = await beginAll(context, at)
  const { run } = begun
  if (!wait) {
    context.show(begun, () => [`Begun: run ${run}.`])
    return EXIT.ok
  }
  const ended = await followRun(context, 'restore', run)
  context.show(ended, () => runLines(context, ended))
  return ended.failed === 0 ? EXIT.ok : EXIT.failed
}

/** Begins the return of all sessions; a request takes 500 of them. */
async function beginAll(context: Context, at: string): Promise<RestoreOfAllRun> {
  let run: string | undefined
  for (;;) {
    const body = { at, approve: true, ...(run === undefined ? {} : { run }) }
    const part: Answered = await answerOf(context.api.POST('/api/backups/restore', { body }))
    if (!part.approved) throw new Error('The API did not take the approval.')
    if (part.left === 0) return part
    run = part.run
  }
}

/** Without an approval there is no run. */
type Plan = Omit<RestoreOfAllPlan, 'run'>

type Answered = Plan | RestoreOfAllRun

/** The plan of all sessions; the API gives it in parts. */
async function planOfAll(context: Context, at: string): Promise<Plan> {
  let whole = await planAfter(context, at, null)
  while (whole.left > 0 && whole.after !== null) {
    context.progress.show(`Looked into ${whole.sessions.length} sessions …`)
    whole = joined(whole, await planAfter(context, at, whole.after))
  }
  return whole
}

async function planAfter(context: Context, at: string, after: string | null): Promise<Plan> {
  const body = { at, ...(after === null ? {} : { after }) }
  const part: Answered = await answerOf(context.api.POST('/api/backups/restore', { body }))
  if (part.approved) throw new Error('The API has restored without an approval.')
  return part
}

function joined(one: Plan, other: Plan): Plan {
  const sums = Object.entries(one.sums).map(([name, sum]) => [name, sum + other.sums[name as keyof typeof other.sums]])
  return {
    ...other,
    sessions: [...one.sessions, ...other.sessions],
    refused: [...one.refused, ...other.refused],
    sums: Object.fromEntries(sums) as Plan['sums'],
  }
}

function manyLines(context: Context, { sessions, refused, sums }: Plan): string[] {
  const rows = sessions.map(({ session, backup, gapMs, risk, records, messages, waitsFor }): Cell[] => [
    session,
    backup,
    gapMs === null ? null : length(gapMs),
    { text: risk, colour: risk === 'high' ? 'red' : risk === 'medium' ? 'yellow' : 'green' },
    records,
    messages,
    waitsFor,
  ])
  const columns = [
    { title: 'SESSION', least: 10 },
    { title: 'BACKUP', least: 12 },
    { title: 'GAP', align: 'right' as const },
    { title: 'RISK' },
    { title: 'RECORDS LOST', align: 'right' as const },
    { title: 'MESSAGES SINCE', align: 'right' as const },
    { title: 'WAITS FOR' },
  ]
  return [
    ...(rows.length === 0 ? [] : context.rows(columns, rows)),
    ...refused.flatMap(({ session, sentence }) => context.sentence(`${session} cannot return: ${sentence}`)),
    `${sums.sessions} return, ${sums.refused} cannot.`,
  ]
}
