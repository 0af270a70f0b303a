import { randomInt } from 'node:crypto'
import type { Dispatcher } from './dispatcher.ts'
import { invalid, notImplemented } from './errors.ts'
import type { Queues } from './queues.ts'
import { queueOf, type StoredRequest, type StoredTask } from './stored-task.ts'
import { taskView, type ProtoTask, type View } from './task-view.ts'
import { msOf } from './times.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const FARTHEST_MS = 30 * DAY_MS
const DEFAULT_DEADLINE_MS = 600_000
const SHORTEST_DEADLINE_MS = 15_000
const LONGEST_DEADLINE_MS = 1_800_000
/** https://cloud.google.com/tasks/docs/quotas */
const LARGEST_BODY_BYTES = 1024 * 1024
const LARGEST_PAGE = 1000
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH']

/** The calls about tasks. */
export const taskCalls = (queues: Queues, dispatcher: Dispatcher) => ({
  async createTask({ parent, task, responseView }: { parent: string; task?: ProtoTask | null; responseView?: View }) {
    const queue = queues.get(parent)
    const stored = newTask(parent, task ?? {}, Date.now())
    await queues.add(queue, stored)
    dispatcher.wake()
    return taskView(stored, responseView)
  },

  getTask({ name, responseView }: { name: string; responseView?: View }) {
    return taskView(queues.get(queueOf(name)).task(name), responseView)
  },

  listTasks({ parent, pageSize, pageToken, responseView }: ListRequest) {
    const tasks = [...queues.get(parent).tasks.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const rest = pageToken ? tasks.filter(({ name }) => name > pageToken) : tasks
    const page = rest.slice(0, pageSize || LARGEST_PAGE)
    const nextPageToken = page.length < rest.length ? page.at(-1)?.name : ''
    return { tasks: page.map((task) => taskView(task, responseView)), nextPageToken }
  },

  async deleteTask({ name }: { name: string }) {
    const queue = queues.get(queueOf(name))
    await queues.end(queue, queue.task(name))
    return {}
  },
})

interface ListRequest {
  parent: string
  pageSize?: number
  pageToken?: string
  responseView?: View
}

function newTask(parent: string, task: ProtoTask, now: number): StoredTask {
  const request = requestOf(task)
  const name = task.name || `${parent}/tasks/${randomInt(2 ** 47)}`
  if (queueOf(name) !== parent || !/\/tasks\/[A-Za-z0-9_-]{1,500}$/.test(name)) {
    throw invalid(
      'Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"',
    )
  }
  const scheduledAt = task.scheduleTime ? msOf(task.scheduleTime) : now
  if (scheduledAt - now > FARTHEST_MS) throw invalid('ScheduleTime must be within 30 days of now.')
  const deadlineMs = task.dispatchDeadline ? msOf(task.dispatchDeadline) : DEFAULT_DEADLINE_MS
  if (deadlineMs < SHORTEST_DEADLINE_MS || deadlineMs > LONGEST_DEADLINE_MS)
    throw invalid('Task.dispatchDeadline must be between [15s, 30m].')
  const counts = { attempts: 0, responses: 0, executions: 0, firstAttemptAt: null, lastAttempt: null }
  return { name, request, createdAt: now, deadlineMs, scheduledAt: Math.max(scheduledAt, now), ...counts }
}

function requestOf({ httpRequest, appEngineHttpRequest }: ProtoTask): StoredRequest {
  if (appEngineHttpRequest) throw notImplemented('App Engine tasks')
  if (!httpRequest?.url) throw invalid('Task.message_type must be set.')
  const { url, httpMethod, headers = {}, body, oidcToken, oauthToken } = httpRequest
  if (oauthToken) throw notImplemented('OAuth tokens')
  if (!/^https?:\/\/[^/]/.test(url)) throw invalid("HttpRequest.url must start with 'http://' or 'https://'.")
  const method = !httpMethod || httpMethod === 'HTTP_METHOD_UNSPECIFIED' ? 'POST' : httpMethod
  const bytes = Buffer.from(body ?? '')
  if (bytes.length > 0 && !METHODS_WITH_BODY.includes(method))
    throw invalid('HTTP request body is only allowed for POST, PUT and PATCH.')
  if (bytes.length > LARGEST_BODY_BYTES) throw invalid('Task size too large.')
  if (oidcToken && !oidcToken.serviceAccountEmail) throw invalid('OidcToken.service_account_email must be set.')
  const oidc = oidcToken ? { email: oidcToken.serviceAccountEmail ?? '', audience: oidcToken.audience ?? '' } : null
  return { url, method, headers, body: bytes.toString('base64'), oidc }
}
