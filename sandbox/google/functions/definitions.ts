import type { QueueSettings } from '../tasks/queue-settings.ts'

/** What a deployment makes beside the functions: a queue for each function that takes tasks, and a schedule. */
export interface QueueDefinition {
  /** The function's name, which is the queue's. */
  name: string
  region: string
  settings: Partial<QueueSettings>
}

export interface ScheduleDefinition {
  /** The function's name. */
  name: string
  /** `every 5 minutes`, or five fields of cron. */
  schedule: string
  timeZone: string
}

/** The parts of a function's description that a deployment reads. An option that was not given is an object, which stands for a default. */
export interface Endpoint {
  region?: unknown
  httpsTrigger?: object
  taskQueueTrigger?: { retryConfig?: Record<string, unknown>; rateLimits?: Record<string, unknown> }
  scheduleTrigger?: { schedule?: unknown; timeZone?: unknown; retryConfig?: Record<string, unknown> }
}

export function queueDefinition(name: string, { region, taskQueueTrigger = {} }: Endpoint): QueueDefinition {
  const { retryConfig = {}, rateLimits = {} } = taskQueueTrigger
  const settings = {
    maxAttempts: numberOf(retryConfig['maxAttempts']),
    maxRetryDurationMs: secondsOf(retryConfig['maxRetrySeconds']),
    minBackoffMs: secondsOf(retryConfig['minBackoffSeconds']),
    maxBackoffMs: secondsOf(retryConfig['maxBackoffSeconds']),
    maxDoublings: numberOf(retryConfig['maxDoublings']),
    maxConcurrentDispatches: numberOf(rateLimits['maxConcurrentDispatches']),
    maxDispatchesPerSecond: numberOf(rateLimits['maxDispatchesPerSecond']),
  }
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
  return { name, region: regionOf(region), settings: given }
}

export function scheduleDefinition(name: string, { scheduleTrigger = {} }: Endpoint): ScheduleDefinition {
  const { schedule, timeZone, retryConfig = {} } = scheduleTrigger
  if (typeof schedule !== 'string') throw new Error(`The schedule of ${name} is no text.`)
  if (Object.values(retryConfig).some((value) => typeof value === 'number' && value > 0))
    throw new Error(`The schedule ${name} asks for retries, which the sandbox's scheduler does not have.`)
  return { name, schedule, timeZone: typeof timeZone === 'string' ? timeZone : 'UTC' }
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

const secondsOf = (value: unknown): number | undefined => (typeof value === 'number' ? value * 1000 : undefined)

/** The region of functions that name none. */
const regionOf = (region: unknown): string => (Array.isArray(region) ? String(region[0]) : 'us-central1')
