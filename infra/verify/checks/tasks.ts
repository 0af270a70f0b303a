import { createHash } from 'node:crypto'
import { createTaskQueues } from '@holdfast/core/adapters/google/clients'
import { at, listAt, textAt } from '../../resources/fields.ts'
import { type LiveCheck, type LiveContext, type Problem, verdictOf } from '../live-check.ts'
import { tasksEmulator } from '../../config.ts'

const DELAY_MS = 5000
/** A task may come late by this. The sweep finds what comes later than two minutes. */
const LATE_MS = 60_000
const ATTEMPTS = 3
const APPLY = 'npm run infra -- apply makes the rights and the queue as they have to be; doctor names what differs.'

/** Cloud Tasks with the deployed function `retries`. The tasks name a job that does not exist, which the function says in its log. */
export const tasks: readonly LiveCheck[] = [
  {
    name: 'tasks: delivery',
    proves: `a task for in ${DELAY_MS / 1000} s calls the deployed function at its time, in the name of the invoker; its name is taken once`,
    seconds: 40,
    usd: 0,
    run: deliver,
  },
  {
    name: 'tasks: strangers',
    proves: 'the function refuses who shows no token, and the token of another account of the deployment',
    seconds: 10,
    usd: 0,
    run: async ({ functionsUrl, call, identityToken }) => {
      const url = `${functionsUrl}/retries`
      const request = { url, method: 'POST', body: { data: {} } } as const
      const token = await identityToken('api', url)
      const open = [
        ['a stranger', await call(request, 'nobody')],
        ['holdfast-api', await call({ ...request, headers: { authorization: `Bearer ${token}` } }, 'nobody')],
      ] as const
      const mend =
        'gcloud run services get-iam-policy retries shows who may call it: holdfast-invoker alone has to have roles/run.invoker.'
      const problems = open.flatMap(([who, { status }]) =>
        status === 401 || status === 403 ? [] : [{ what: `${who} calls the function \`retries\`: ${status}`, mend }],
      )
      return verdictOf({}, ...problems)
    },
  },
  {
    name: 'tasks: retries',
    proves: `a task that fails is tried ${ATTEMPTS} times, as its queue says, and then dropped`,
    seconds: 40,
    usd: 0,
    needs: ['failingQueue'],
    run: retry,
  },
]

/** The id of a job that nobody has: ids of jobs are hashes. */
const jobOf = (name: string): string => createHash('sha1').update(name).digest('hex')

async function deliver(context: LiveContext) {
  const { target, scratch, functionsUrl, until, call } = context
  const { project, region } = target
  const config = {
    projectId: project,
    region,
    functionsUrl,
    serviceAccount: target.emailOf('invoker'),
    emulator: tasksEmulator(),
  }
  const queues = createTaskQueues(config)
  const job = jobOf(scratch.queue)
  const task = { queue: 'retries', name: scratch.queue, payload: { job } } as const
  const begun = new Date()
  try {
    const first = await queues.enqueue({ ...task, at: new Date(begun.getTime() + DELAY_MS) })
    const second = await queues.enqueue(task)
    const filter = `resource.labels.service_name="retries" AND jsonPayload.job="${job}" AND timestamp>="${begun.toISOString()}"`
    const entry = await until('the function to say in its log that it was called', LATE_MS + 30_000, async () => {
      const body = { resourceNames: [`projects/${project}`], filter, pageSize: 1 }
      const answer = await call({ url: 'https://logging.googleapis.com/v2/entries:list', method: 'POST', body }, 'caller')
      return listAt(answer.body, 'entries')[0] ?? null
    })
    const afterMs = Date.parse(textAt(entry, 'timestamp') ?? '') - begun.getTime()
    return verdictOf(
      { 'called after ms': afterMs },
      problem(first !== 'queued', 'the name of this run is taken already', 'Run it again: each run has a name of its own.'),
      problem(second !== 'known', 'a second task of one name was taken', 'Messages might be retried twice as often. Report it.'),
      problem(
        afterMs < DELAY_MS - 1000,
        `the task came after ${afterMs} ms, before its time`,
        'Is the clock of this machine right?',
      ),
      problem(
        afterMs > LATE_MS,
        `the task came after ${afterMs} ms`,
        'The queue may be full or paused: gcloud tasks queues describe retries',
      ),
    )
  } finally {
    await queues.close()
  }
}

/** The task shows no token, so that the function refuses each attempt. */
async function retry({ target, scratch, functionsUrl, until, call }: LiveContext) {
  const queue = `https://cloudtasks.googleapis.com/v2/projects/${target.project}/locations/${target.region}/queues/${scratch.failingQueue}`
  const name = `${queue.slice(queue.indexOf('projects/'))}/tasks/failing`
  const httpRequest = { url: `${functionsUrl}/retries`, httpMethod: 'POST' }
  const made = await call({ url: `${queue}/tasks`, method: 'POST', body: { task: { name, httpRequest } } }, 'caller')
  if (made.status !== 200) throw new Error(`The task was not made: ${made.status} ${textAt(made.body, 'error', 'message') ?? ''}`)
  let attempts = 0
  await until('the failing task to be dropped', 60_000, async () => {
    const { status, body } = await call({ url: `${queue}/tasks/failing` }, 'caller')
    if (status === 404) return true
    attempts = Math.max(attempts, Number(at(body, 'dispatchCount') ?? 0))
    return null
  })
  // The last attempt is over in a moment, and the task with it.
  const isRight = attempts >= ATTEMPTS - 1 && attempts <= ATTEMPTS
  return verdictOf({ 'attempts seen': attempts }, problem(!isRight, `${attempts} attempts were seen`, APPLY))
}

const problem = (isSo: boolean, what: string, mend: string): Problem | null => (isSo ? { what, mend } : null)
