/** A task as this stand-in keeps it. Times are milliseconds since the epoch. */
export interface StoredTask {
  /** projects/P/locations/L/queues/Q/tasks/T */
  readonly name: string
  readonly request: StoredRequest
  readonly createdAt: number
  readonly deadlineMs: number
  scheduledAt: number
  /** Deliveries, with the one under way. */
  attempts: number
  /** Deliveries that were answered, and those of them that were not answered with 5xx. */
  responses: number
  executions: number
  firstAttemptAt: number | null
  lastAttempt: Attempt | null
}

export interface StoredRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Base64. */
  readonly body: string
  readonly oidc: { readonly email: string; readonly audience: string } | null
}

export interface Attempt {
  readonly scheduledAt: number
  readonly dispatchedAt: number
  readonly respondedAt: number | null
  /** HTTP status; null without an answer. */
  readonly status: number | null
}

export const queueOf = (taskName: string): string => taskName.replace(/\/tasks\/[^/]*$/, '')

export const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1)
