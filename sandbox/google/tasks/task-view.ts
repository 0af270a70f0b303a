import { status } from '@grpc/grpc-js'
import type { Attempt, StoredTask } from './stored-task.ts'
import { protoTime, type ProtoTime } from './times.ts'

export type View = 'VIEW_UNSPECIFIED' | 'BASIC' | 'FULL'

/** A task as a request carries it. */
export interface ProtoTask {
  name?: string
  httpRequest?: {
    url?: string
    httpMethod?: string
    headers?: Record<string, string>
    body?: Buffer
    oidcToken?: { serviceAccountEmail?: string; audience?: string } | null
    oauthToken?: object | null
  } | null
  appEngineHttpRequest?: object | null
  scheduleTime?: ProtoTime | null
  dispatchDeadline?: ProtoTime | null
}

/** A task as an answer shows it: the basic view has no body. */
export function taskView(task: StoredTask, view: View = 'BASIC') {
  const { url, method: httpMethod, headers, body, oidc } = task.request
  const isFull = view === 'FULL'
  return {
    name: task.name,
    httpRequest: {
      url,
      httpMethod,
      headers: { ...headers, 'User-Agent': 'Google-Cloud-Tasks' },
      ...(isFull ? { body: Buffer.from(body, 'base64') } : {}),
      ...(oidc ? { oidcToken: { serviceAccountEmail: oidc.email, audience: oidc.audience || url } } : {}),
    },
    createTime: protoTime(task.createdAt),
    scheduleTime: protoTime(task.scheduledAt),
    dispatchDeadline: protoTime(task.deadlineMs),
    dispatchCount: task.attempts,
    responseCount: task.responses,
    ...(task.firstAttemptAt === null ? {} : { firstAttempt: { dispatchTime: protoTime(task.firstAttemptAt) } }),
    ...(task.lastAttempt ? { lastAttempt: attemptView(task.lastAttempt) } : {}),
    view: isFull ? 'FULL' : 'BASIC',
  }
}

const attemptView = ({ scheduledAt, dispatchedAt, respondedAt, status: http }: Attempt) => ({
  scheduleTime: protoTime(scheduledAt),
  dispatchTime: protoTime(dispatchedAt),
  ...(respondedAt === null ? {} : { responseTime: protoTime(respondedAt) }),
  responseStatus:
    http === null
      ? { code: status.DEADLINE_EXCEEDED, message: 'DEADLINE_EXCEEDED' }
      : { code: http <= 299 ? status.OK : codeOf(http), message: `HTTP status code ${http}` },
})

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
function codeOf(http: number): status {
  if (http === 404) return status.NOT_FOUND
  if (http === 403) return status.PERMISSION_DENIED
  if (http === 401) return status.UNAUTHENTICATED
  if (http === 429) return status.RESOURCE_EXHAUSTED
  if (http === 503) return status.UNAVAILABLE
  return http < 500 ? status.INVALID_ARGUMENT : status.INTERNAL
}
