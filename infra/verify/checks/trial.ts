import { gcloud } from '../../resources/command.ts'
import { type Fields, isFields, listAt, textAt } from '../../resources/fields.ts'
import { makeIndexes } from '../indexes-of-run.ts'
import { type LiveCheck, type LiveContext, verdictOf } from '../live-check.ts'
import { runApi } from '../scratch-of-trial.ts'
import { verdictOnLatency } from './latency.ts'

/** In this order: the account is known everywhere by the time at which the image is built. */
const NEEDS = ['database', 'bucket', 'account', 'images', 'job'] as const

const CHAOS_WITHIN_MS = 25 * 60_000
const LATENCY_WITHIN_MS = 10 * 60_000

/** What a job beside the deployment does, in its region, on a database and a bucket of the run. */
export const trials = {
  latency: {
    name: 'firestore: latency, region',
    proves: 'how long a commit takes, and how late a listener hears of it, from a job in the region',
    seconds: 480,
    usd: 0.05,
    asked: '--from-region',
    needs: NEEDS,
    run: async (context) => {
      const { v: _, what: __, ...figures } = await resultOf(context, 'latency', LATENCY_WITHIN_MS)
      if (typeof figures['error'] === 'string') return verdictOf({}, problem(context, figures['error']))
      return verdictOnLatency(
        { ...shown(figures), from: context.target.region },
        'Google’s status page may say more. Another region of the database may be slow, too: compare it with this one.',
      )
    },
  },
  chaos: {
    name: 'chaos: on Google’s stores',
    proves:
      'runners are killed again and again while messages flow both ways through a simulator of WhatsApp, and on Google’s own Firestore and Cloud Storage nothing is lost, doubled or undecryptable',
    seconds: 1200,
    usd: 0.2,
    asked: '--only chaos',
    needs: NEEDS,
    run: async (context) => {
      await makeIndexes(context)
      const result = await resultOf(context, 'chaos', CHAOS_WITHIN_MS)
      const { sent, received, lost, duplicated, undecryptable, resent, kills, seed } = result
      const recovery = isFields(result['recoveryMs']) ? { 'recovery p95 ms': result['recoveryMs']['p95'] } : {}
      const figures = shown({ sent, received, lost, duplicated, undecryptable, resent, kills, ...recovery, seed })
      if (result['held'] === true) return verdictOf(figures)
      const what = textAt(result, 'error') ?? `of ${String(sent)} sent and ${String(received)} received something is not right`
      return verdictOf(figures, problem(context, what))
    },
  },
} satisfies Record<string, LiveCheck>

const shown = (figures: Fields): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [],
    ),
  )

const problem = (context: LiveContext, what: string) => ({
  what,
  mend: `The log says what was found, and stays after the job: ${logOf(context)}. Report it with the seed.`,
})

const logOf = ({ target, scratch }: LiveContext): string =>
  `gcloud logging read 'resource.type=cloud_run_job resource.labels.job_name=${scratch.job}' --project=${target.project} --order=asc --format='value(textPayload)'`

/**
 * Runs the job of the run once, and returns the result that it has written into the bucket. It is asked for here, instead of by gcloud,
 * so that Ctrl-C ends the waiting at once.
 *
 * @throws Error when the job ends without a result, or has none in time
 */
async function resultOf(context: LiveContext, what: 'chaos' | 'latency', limitMs: number): Promise<Fields> {
  const { target, scratch, command, read, until, say } = context
  const { project, region } = target
  const before = (await executionsIn(context)).map(nameOf)
  const args = [what, `--project=${project}`, `--database=${scratch.database}`, `--bucket=${scratch.bucket}`]
  const words = ['run', 'jobs', 'execute', scratch.job, `--region=${region}`, '--async', `--args=${args.join(',')}`]
  await command(gcloud(project, words))
  say(`    Its log: ${logOf(context)}`)
  const object = encodeURIComponent(`trial/${what}.json`)
  const url = `https://storage.googleapis.com/storage/v1/b/${scratch.bucket}/o/${object}?alt=media`
  return await until(`the result of ${what}`, limitMs, async () => {
    const result = await read({ url })
    if (isFields(result)) return result
    const failed = (await executionsIn(context)).find((one) => !before.includes(nameOf(one)) && hasFailed(one))
    if (failed) throw new Error(`The job ended without a result. Its log: ${logOf(context)}`)
    return null
  })
}

async function executionsIn({ target, scratch, read }: LiveContext): Promise<readonly Fields[]> {
  const selector = encodeURIComponent(`run.googleapis.com/job=${scratch.job}`)
  return listAt(await read({ url: `${runApi(target)}/executions?labelSelector=${selector}` }), 'items')
}

const nameOf = (execution: Fields): string => textAt(execution, 'metadata', 'name') ?? ''

const hasFailed = (execution: Fields): boolean =>
  listAt(execution, 'status', 'conditions').some(({ type, status }) => type === 'Completed' && status === 'False')
