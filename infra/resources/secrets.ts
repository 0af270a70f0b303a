import { gcloud, type SecretKind } from './command.ts'
import { kmsKeyOf } from './encryption.ts'
import type { SecretName } from './deployed-functions.ts'
import type { Resource } from './resource.ts'
import type { Target } from './target.ts'

export const SECRETS: Readonly<Record<SecretName, SecretKind>> = {
  API_KEY: 'hex of 24 bytes',
  SESSION_ENCRYPTION_KEY: 'base64 of 32 bytes',
  NOTIFICATION_SECRETS: 'no secrets yet',
}

export const secretUrl = (project: string, name: string): string =>
  `https://secretmanager.googleapis.com/v1/projects/${project}/secrets/${name}`

export const secrets = (target: Target): readonly Resource[] =>
  (Object.entries(SECRETS) as [SecretName, SecretKind][]).flatMap(([name, kind]) => [
    secret(target, name),
    firstVersion(target, name, kind),
  ])

function secret(target: Target, name: string): Resource {
  const { project, region } = target
  const kmsKeyName = kmsKeyOf(target)
  const replicas = [{ location: region, ...(kmsKeyName === undefined ? {} : { customerManagedEncryption: { kmsKeyName } }) }]
  const file = target.file('replication.json')
  const [policy, files] =
    kmsKeyName === undefined
      ? [['--replication-policy=user-managed', `--locations=${region}`], {}]
      : [[`--replication-policy-file=${file}`], { [file]: { userManaged: { replicas } } }]
  return {
    id: `secret ${name}`,
    stage: 'base',
    holdsData: true,
    reads: [{ url: secretUrl(project, name) }],
    want: () => (kmsKeyName === undefined ? {} : { replication: { userManaged: { replicas } } }),
    fixed: ['replication.userManaged.replicas[0].customerManagedEncryption'],
    permissions: ['secretmanager.secrets.create'],
    create: () => [gcloud(project, ['secrets', 'create', name, ...policy], { files })],
    remove: () => [gcloud(project, ['secrets', 'delete', name])],
  }
}

/** Made once, and never replaced here: another key would lock every session out. */
function firstVersion({ project }: Target, name: string, kind: SecretKind): Resource {
  return {
    id: `first version of ${name}`,
    stage: 'contents',
    reads: [{ url: `${secretUrl(project, name)}/versions?pageSize=1` }],
    have: ([answer]) => versionsIn(answer),
    permissions: ['secretmanager.versions.add'],
    create: () => [gcloud(project, ['secrets', 'versions', 'add', name, '--data-file=-'], { secret: kind })],
  }
}

/** A disabled or destroyed version counts: whoever did that has to say what comes next. */
function versionsIn(answer: unknown): object | null {
  const versions = (answer as { versions?: unknown } | null)?.versions
  return Array.isArray(versions) && versions.length > 0 ? { count: versions.length } : null
}
