import { at, isFields, textAt } from '../../resources/fields.ts'
import { answersFor } from '../../google/look.ts'
import { changeOf, presentOf, type Resource } from '../../resources/resource.ts'
import { type Command, gcloud } from '../../resources/command.ts'
import { type LiveCheck, type LiveContext, verdictOf } from '../live-check.ts'
import { listAt } from '../../resources/fields.ts'

const COUNT = 'run.googleapis.com/manualInstanceCount'
/** Cloud Run kills what has not ended by then. */
const GRACE_MS = 10_000
/** The alert waits for five minutes of silence. */
const ALERT_WITHIN_MS = 8 * 60_000

/** The runners as Cloud Run has them. */
export const runners: readonly LiveCheck[] = [
  {
    name: 'runners: no new revision',
    proves: 'the same template, put into force again, makes no new revision: no session moves',
    seconds: 30,
    usd: 0,
    run: sameTemplate,
  },
  {
    name: 'runners: SIGTERM',
    proves: `a runner that is taken away hands its sessions over and ends within ${GRACE_MS / 1000} s`,
    seconds: 240,
    usd: 0.01,
    disturbs: 'one more runner for some minutes, then one fewer: its sessions move',
    run: scaleIn,
  },
  {
    name: 'alerts: no runner is heard',
    proves: 'the alert opens when no runner has been heard for five minutes, and reaches its channels',
    seconds: 480,
    usd: 0,
    disturbs: 'ALL RUNNERS STOP for up to eight minutes, and whoever gets alerts gets one',
    run: alertOpens,
  },
]

interface Runners {
  readonly resource: Resource
  readonly have: unknown
  readonly answers: readonly unknown[]
}

/** Throws when they are not there, or not as they are wanted. */
async function look({ resources, read }: LiveContext): Promise<Runners> {
  const resource = resources.find(({ stage }) => stage === 'runner')
  if (!resource) throw new Error('The runners are no part of what was selected.')
  const answers = await answersFor(resource, { read })
  if (changeOf(resource, answers) !== null) throw new Error(`${resource.id} is not as wanted. npm run infra -- apply first.`)
  return { resource, have: presentOf(resource, answers), answers }
}

const revisionOf = (runners: unknown): string => textAt(runners, 'status', 'latestCreatedRevisionName') ?? 'none'

async function sameTemplate(context: LiveContext) {
  const { resource, have, answers } = await look(context)
  for (const command of resource.update?.(have, answers, []) ?? []) await context.command(command)
  const after = await look(context)
  const [before, now] = [revisionOf(have), revisionOf(after.have)]
  const problem = {
    what: `the same template made ${now} out of ${before}`,
    mend: 'Each apply would move every session. Compare the two with gcloud beta run revisions describe, and report the field that differs.',
  }
  return verdictOf({ revision: now }, before === now ? null : problem)
}

const countIn = (have: unknown): number => Number(at(have, 'metadata', 'annotations', COUNT) ?? 1)

/** Throws where the runners are no worker pool: how their number is changed there was never tried. */
function scaling({ target: { project, region, environment } }: LiveContext, count: number): Command {
  if (environment.runner.platform !== 'worker-pool') throw new Error('This check knows worker pools only.')
  return gcloud(project, ['run', 'worker-pools', 'update', 'holdfast-runner', `--scaling=${count}`, `--region=${region}`], {
    track: 'beta',
  })
}

/** Changes the number of runners for the time of some work. It is put back whatever happens; the printed command does it by hand. */
async function scaledTo<Result>(
  context: LiveContext,
  count: number,
  before: number,
  work: () => Promise<Result>,
): Promise<Result> {
  context.say(`The number of runners becomes ${count}, and afterwards ${before} again.`)
  try {
    await context.command(scaling(context, count))
    return await work()
  } finally {
    await context.command(scaling(context, before))
  }
}

async function scaleIn(context: LiveContext) {
  const { have } = await look(context)
  const count = countIn(have)
  const known = await heardIn(context)
  await scaledTo(context, count + 1, count, () =>
    context.until('one more runner', 180_000, async () => ((await heardIn(context)) > known ? true : null)),
  )
  const since = new Date().toISOString()
  const left = await context.until('a runner to leave', 120_000, () => lastLineOf(context, since))
  const [tookMs, exitCode, kept] = ['tookMs', 'exitCode', 'left'].map((name) => Number(at(left, 'jsonPayload', name)))
  const isInOrder = exitCode === 0 && kept === 0 && (tookMs ?? 0) < GRACE_MS
  const problem = {
    what: `it ended with code ${exitCode} after ${tookMs} ms, with ${kept} sessions not handed over`,
    mend: 'Sessions that are not handed over start as after a crash; nothing is lost. Fewer sessions a runner (runner.maxConnections) make it faster.',
  }
  return verdictOf({ 'handed over ms': tookMs ?? 0 }, isInOrder ? null : problem)
}

/** The number of runners that were heard in the last half minute. */
async function heardIn({ target, read }: LiveContext): Promise<number> {
  const url = `https://firestore.googleapis.com/v1/projects/${target.project}/databases/(default)/documents:runQuery`
  const body = { structuredQuery: { from: [{ collectionId: 'runners' }], limit: 1000 } }
  const answer = await read({ url, method: 'POST', body })
  const rows = Array.isArray(answer) ? answer.filter((row) => isFields(row) && row['document'] !== undefined) : []
  const ages = rows.map(
    (row) => Date.parse(textAt(row, 'readTime') ?? '') - Date.parse(textAt(row, 'document', 'updateTime') ?? ''),
  )
  return ages.filter((ageMs) => ageMs < 30_000).length
}

/** Returns the line with which a runner says how it left. */
async function lastLineOf({ target, call }: LiveContext, since: string) {
  const filter = `resource.type="cloud_run_worker_pool" AND jsonPayload.exitCode:* AND timestamp>="${since}"`
  const body = { resourceNames: [`projects/${target.project}`], filter, pageSize: 1 }
  const answer = await call({ url: 'https://logging.googleapis.com/v2/entries:list', method: 'POST', body }, 'caller')
  return listAt(answer.body, 'entries')[0] ?? null
}

async function alertOpens(context: LiveContext) {
  const { have } = await look(context)
  const count = countIn(have)
  const begun = performance.now()
  await scaledTo(context, 0, count, () =>
    context.until('the alert to open', ALERT_WITHIN_MS, async () => {
      const url = `https://monitoring.googleapis.com/v3/projects/${context.target.project}/alerts?filter=${encodeURIComponent('state="OPEN"')}`
      const open = listAt(await context.read({ url }), 'alerts')
      return open.some((alert) => /No runner is heard/.test(textAt(alert, 'policy', 'displayName') ?? '')) ? true : null
    }),
  )
  return verdictOf({ 'opened after s': Math.round((performance.now() - begun) / 1000) })
}
