import { request as requestHttp, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { identityToken } from '../identity-token.ts'
import { lastPart, queueOf, type StoredTask } from './stored-task.ts'

/** Makes one HTTP request for a task. Returns the status of the answer, or null when none came within the task's deadline. */
export async function deliver(task: StoredTask): Promise<number | null> {
  const { url, method, body } = task.request
  const send = url.startsWith('https:') ? requestHttps : requestHttp
  const signal = AbortSignal.timeout(task.deadlineMs)
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  // A connection of its own, because a kept one may belong to a process that has died.
  const request = send(url, { method, headers: headersOf(task), agent: false, signal }, resolve)
  request.on('error', reject)
  request.end(Buffer.from(body, 'base64'))
  try {
    const response = await promise
    // The answer has come when its end has come.
    for await (const _ of response);
    return response.statusCode ?? null
  } catch {
    return null
  }
}

/** Cloud Tasks' own headers replace those that the caller gave. */
function headersOf(task: StoredTask): Record<string, string> {
  const { headers, body, oidc, url } = task.request
  const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const previous = task.lastAttempt?.status ?? null
  return {
    ...(body === '' ? {} : { 'content-type': 'application/octet-stream' }),
    ...given,
    'content-length': String(Buffer.from(body, 'base64').length),
    'user-agent': 'Google-Cloud-Tasks',
    ...(oidc ? { authorization: `Bearer ${identityToken(oidc.email, oidc.audience || url)}` } : {}),
    'x-cloudtasks-queuename': lastPart(queueOf(task.name)),
    'x-cloudtasks-taskname': lastPart(task.name),
    'x-cloudtasks-taskretrycount': String(task.attempts - 1),
    'x-cloudtasks-taskexecutioncount': String(task.executions),
    'x-cloudtasks-tasketa': String(task.scheduledAt / 1000),
    ...(previous === null ? {} : { 'x-cloudtasks-taskpreviousresponse': String(previous) }),
    ...(task.attempts === 1 ? {} : { 'x-cloudtasks-taskretryreason': previous === null ? 'UNREACHABLE' : 'STATUS_CODE' }),
  }
}
