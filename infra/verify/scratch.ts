import { type Command, gcloud } from '../resources/command.ts'
import { databaseUrl } from '../resources/database.ts'
import { lastOf, listAt, textAt } from '../resources/fields.ts'
import type { Read } from '../resources/resource.ts'
import type { Target } from '../resources/target.ts'

/** The names of what a run makes. Each has the run in it, so that it is found again whatever happens. */
export interface Scratch {
  /** A database of Firestore. */
  readonly database: string
  /** A bucket. */
  readonly bucket: string
  /** A queue of Cloud Tasks. The contract's tests make it themselves. */
  readonly queue: string
  /** Another one, whose tasks fail. */
  readonly failingQueue: string
  /** The beginning of the names of objects in the deployment's own bucket. */
  readonly prefix: string
  /** An account, which may use the database and the bucket of the run and nothing else. */
  readonly account: string
  /** A repository of Artifact Registry. */
  readonly images: string
  /** A job of Cloud Run. */
  readonly job: string
}

/** A run: lower-case letters and digits. */
export const RUN = /^[a-z0-9]{4,12}$/

export const scratchOf = ({ project }: Target, run: string): Scratch => ({
  database: `holdfast-verify-${run}`,
  bucket: `${project}-holdfast-verify-${run}`,
  queue: `holdfast-verify-${run}`,
  failingQueue: `holdfast-verify-${run}-failing`,
  prefix: `verify/${run}/`,
  account: `holdfast-verify-${run}`,
  images: `holdfast-verify-${run}`,
  job: `holdfast-verify-${run}`,
})

/** A thing of a run: whether it is there, and the commands that make and remove it. */
export interface ScratchThing {
  readonly kind: keyof Scratch | 'right'
  readonly read: Read
  /** What is there. Null if nothing is. The answer if left out. */
  readonly have?: (answer: unknown) => unknown
  /** What is done on this machine first. */
  readonly prepare?: () => Promise<void>
  /** Missing for what checks make themselves. */
  readonly create?: readonly Command[]
  readonly remove: readonly Command[]
}

/** What checks of the deployment make. */
export function scratchThings(target: Target, scratch: Scratch): readonly ScratchThing[] {
  const { project, region } = target
  const database = `--database=${scratch.database}`
  const bucket = `gs://${scratch.bucket}`
  return [
    {
      kind: 'database',
      read: { url: databaseUrl(project).replace('(default)', scratch.database) },
      create: [
        gcloud(project, ['firestore', 'databases', 'create', database, `--location=${region}`, '--type=firestore-native']),
      ],
      remove: [gcloud(project, ['firestore', 'databases', 'delete', database])],
    },
    {
      kind: 'bucket',
      read: { url: `https://storage.googleapis.com/storage/v1/b/${scratch.bucket}` },
      create: [
        gcloud(project, [
          'storage',
          'buckets',
          'create',
          bucket,
          `--location=${region}`,
          '--uniform-bucket-level-access',
          '--public-access-prevention',
          // A soft-deleted object costs for a week.
          '--soft-delete-duration=0',
        ]),
        gcloud(project, ['storage', 'buckets', 'update', bucket, '--versioning']),
      ],
      remove: [gcloud(project, ['storage', 'rm', '--recursive', '--all-versions', bucket])],
    },
    ...[scratch.queue, scratch.failingQueue].map((queue): ScratchThing => ({
      kind: queue === scratch.queue ? 'queue' : 'failingQueue',
      read: {
        url: `https://cloudtasks.googleapis.com/v2/projects/${project}/locations/${region}/queues?pageSize=500`,
      },
      have: (answer) => listAt(answer, 'queues').find((one) => lastOf(textAt(one, 'name') ?? '') === queue),
      ...(queue === scratch.failingQueue
        ? {
            create: [
              gcloud(project, [
                'tasks',
                'queues',
                'create',
                queue,
                `--location=${region}`,
                '--max-attempts=3',
                // Slow enough that each attempt is seen.
                '--min-backoff=3s',
                '--max-backoff=5s',
              ]),
            ],
          }
        : {}),
      remove: [gcloud(project, ['tasks', 'queues', 'delete', queue, `--location=${region}`])],
    })),
    {
      kind: 'prefix',
      read: {
        url: `https://storage.googleapis.com/storage/v1/b/${target.bucket}/o?prefix=${encodeURIComponent(scratch.prefix)}&versions=true`,
      },
      have: (answer) => (listAt(answer, 'items').length === 0 ? null : answer),
      remove: [gcloud(project, ['storage', 'rm', '--all-versions', `gs://${target.bucket}/${scratch.prefix}**`])],
    },
  ]
}
