import { gcloud } from './command.ts'
import { kmsKeyOf, projectRead } from './encryption.ts'
import { at, type Fields, isFields, textAt } from './fields.ts'
import type { Answers, Resource } from './resource.ts'
import type { Target } from './target.ts'

const DAY_S = 24 * 60 * 60

interface Rule {
  readonly action: { readonly type: string }
  readonly condition: Fields
}

/**
 * Checkpoints are never deleted by age: an idle session has one, which is as old as the session is idle. What was deleted or replaced
 * can be had back for thirty days.
 */
const SESSIONS: readonly Rule[] = [
  { action: { type: 'AbortIncompleteMultipartUpload' }, condition: { age: 1 } },
  { action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 30 } },
]

/** The sources of an image are of no use once it is built. */
const BUILDS: readonly Rule[] = [{ action: { type: 'Delete' }, condition: { age: 30 } }]

export const buckets = (target: Target): readonly Resource[] => [
  { ...bucket(target, target.bucket, { rules: SESSIONS, versioned: true, softDeleteDays: 7 }), holdsData: true },
  bucket(target, target.builds, { rules: BUILDS, versioned: false, softDeleteDays: 0 }),
]

interface Wanted {
  readonly rules: readonly Rule[]
  readonly versioned: boolean
  readonly softDeleteDays: number
}

function bucket(target: Target, name: string, { rules, versioned, softDeleteDays }: Wanted): Resource {
  const { project, region } = target
  const defaultKmsKeyName = kmsKeyOf(target)
  const lifecycle = target.file(`lifecycle-${name}.json`)
  const command = (...args: readonly string[]) => gcloud(project, ['storage', 'buckets', ...args])
  const closed = ['--uniform-bucket-level-access', '--public-access-prevention', `--soft-delete-duration=${softDeleteDays}d`]
  const contents = [versioned ? '--versioning' : '--no-versioning', `--lifecycle-file=${lifecycle}`]
  const encrypted = defaultKmsKeyName === undefined ? [] : [`--default-encryption-key=${defaultKmsKeyName}`]
  const update = {
    ...command('update', `gs://${name}`, ...closed, ...contents, ...encrypted),
    files: { [lifecycle]: { rule: rules } },
  }
  return {
    id: `bucket ${name}`,
    stage: 'base',
    reads: [{ url: `https://storage.googleapis.com/storage/v1/b/${name}` }, projectRead(target)],
    have: (answers) => presentBucket(answers),
    want: () => ({
      isOfThisProject: true,
      location: region,
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' },
      versioning: { enabled: versioned },
      softDeletePolicy: { retentionDurationSeconds: String(softDeleteDays * DAY_S) },
      lifecycle: { rule: rules },
      ...(defaultKmsKeyName === undefined ? {} : { encryption: { defaultKmsKeyName } }),
    }),
    fixed: ['isOfThisProject', 'location'],
    permissions: ['storage.buckets.create', 'storage.buckets.update'],
    create: () => [command('create', `gs://${name}`, `--location=${region}`, ...closed, ...encrypted), update],
    update: () => [update],
    remove: (have) =>
      at(have, 'isOfThisProject') === true ? [gcloud(project, ['storage', 'rm', '--recursive', `gs://${name}`])] : [],
  }
}

/** The names of buckets are those of the whole world: one of somebody else's may have ours, and be open to us. */
function presentBucket([bucket, project]: Answers): Fields | null {
  if (!isFields(bucket)) return null
  const [owner, own] = [textAt(bucket, 'projectNumber'), textAt(project, 'projectNumber')]
  const isOfThisProject = owner === undefined || own === undefined || owner === own
  return { ...bucket, isOfThisProject, location: textAt(bucket, 'location')?.toLowerCase() }
}
