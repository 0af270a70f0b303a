import { z } from 'zod'
import { says } from './settings.ts'
import { DEFAULT_REGION } from './region.ts'

/**
 * Where tasks wait for their time, and who calls the schedules (`TASK_QUEUE`):
 *
 * cloud     in Cloud Tasks, which calls the functions, as Cloud Scheduler does
 * embedded  in Firestore; the API server does what is due
 */
export const TASK_QUEUES = ['cloud', 'embedded'] as const

export type TaskQueueType = (typeof TASK_QUEUES)[number]

/** Where the tasks of Cloud Tasks wait, and whom they call. */
export interface TasksConfig {
  readonly projectId: string
  /** Region of the functions, and of the queues, which are made with them. */
  readonly region: string
  /** Each function is below this URL, under its name. Without a slash at the end. */
  readonly functionsUrl: string
  /** E-mail of the account in whose name the functions are called. */
  readonly serviceAccount: string
  /** `host:port` of a stand-in for Cloud Tasks; null for the service. */
  readonly emulator: string | null
}

/** Settings that each process spreads into its schema. All of them follow from the project where the installation is the usual one. */
export const tasksSettings = {
  TASK_QUEUE: says(
    'Where tasks wait for their time, and who runs the schedules. `cloud`: Cloud Tasks and Cloud Scheduler, which call the functions. `embedded`: Firestore and the API server, without functions. Runner and API need the same value. See `docs/SELF_HOSTING.md`.',
    z.enum(TASK_QUEUES, 'must be `cloud` or `embedded`').default('cloud'),
  ),
  FUNCTIONS_REGION: says(
    'The region of the functions, and of their queues in Cloud Tasks.',
    z
      .string()
      .regex(/^[a-z]+-[a-z]+\d+$/, 'must be a region of Google Cloud, like us-central1')
      .default(DEFAULT_REGION),
  ),
  FUNCTIONS_URL: says(
    'The URL below which each function has its name as the path. Cloud Tasks calls the functions there.',
    z
      .url({ protocol: /^https?$/, error: 'must be a URL that begins with https://' })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
    { without: '`https://REGION-PROJECT.cloudfunctions.net`' },
  ),
  TASKS_SERVICE_ACCOUNT: says(
    'The service account in whose name Cloud Tasks calls the functions.',
    z.email('must be the e-mail address of a service account').optional(),
    { without: '`holdfast-invoker@PROJECT.iam.gserviceaccount.com`' },
  ),
  CLOUD_TASKS_EMULATOR_HOST: says(
    '`host:port` of a stand-in for Cloud Tasks. Only the sandbox sets it.',
    z
      .string()
      .regex(/^[^/:]+:\d{1,5}$/, 'must be host:port')
      .optional(),
    { without: 'Cloud Tasks itself' },
  ),
}

type TasksSettings = Omit<z.infer<z.ZodObject<typeof tasksSettings>>, 'TASK_QUEUE'> & { readonly GOOGLE_CLOUD_PROJECT: string }

export function tasksOf(settings: TasksSettings): TasksConfig {
  const { GOOGLE_CLOUD_PROJECT: projectId, FUNCTIONS_REGION: region } = settings
  return {
    projectId,
    region,
    // Every function of the 2nd generation has this address beside the one of Cloud Run, which nobody knows before the deployment.
    functionsUrl: settings.FUNCTIONS_URL ?? `https://${region}-${projectId}.cloudfunctions.net`,
    serviceAccount: settings.TASKS_SERVICE_ACCOUNT ?? `holdfast-invoker@${projectId}.iam.gserviceaccount.com`,
    emulator: settings.CLOUD_TASKS_EMULATOR_HOST ?? null,
  }
}
