import { SCALER_ROLE } from './accounts.ts'
import { binding, type Binding, type Policy } from './binding.ts'
import { bucketUsers, databaseUsers, enqueuers, enqueuersOf, queues, readersOf, type SecretName } from './deployed-functions.ts'
import { WRAPPING_ROLE, wrappingPolicy } from './encryption.ts'
import type { Resource, Stage } from './resource.ts'
import { secretUrl, SECRETS } from './secrets.ts'
import { type Account, type Target } from './target.ts'

/** A line of a policy that is wanted. */
export interface Right extends Binding {
  readonly stage: Stage
  readonly policy: Policy
}

const resourcesOf = (target: Target, stage: Stage): readonly Resource[] =>
  rights(target)
    .filter((right) => right.stage === stage)
    .map(({ policy, ...line }) => binding(target, stage, policy, line))

/** Who may do what before anything runs. */
export const access = (target: Target): readonly Resource[] => resourcesOf(target, 'access')

/** Who may do what with things that come with the functions. */
export const invokers = (target: Target): readonly Resource[] => resourcesOf(target, 'invokers')

/** All rights of all accounts. Each is one on a single thing, wherever Google has policies on such things. */
export const rights = (target: Target): readonly Right[] => [...firstRights(target), ...lateRights(target)]

function firstRights(target: Target): readonly Right[] {
  const on = (policy: Policy, ...bindings: readonly Binding[]) =>
    bindings.map((one): Right => ({ ...one, policy, stage: 'access' }))
  const secretNames = Object.keys(SECRETS) as SecretName[]
  return [
    ...on(projectPolicy(target), ...projectBindings(target)),
    ...on(bucketPolicy(target.bucket), ...bucketUsers().map((account) => ({ role: 'holdfastCheckpoints', account }))),
    ...on(bucketPolicy(target.bucket), ...objectRemovals(target), ...tombstones(target)),
    ...on(bucketPolicy(target.builds), { role: 'roles/storage.objectViewer', account: 'build' }),
    ...on(repositoryPolicy(target), { role: 'roles/artifactregistry.writer', account: 'build' }),
    ...secretNames.flatMap((name) =>
      on(
        secretPolicy(target, name),
        ...readersOf(name).map((account) => ({ role: 'roles/secretmanager.secretAccessor', account })),
      ),
    ),
    ...wrappingKeyRights(target),
    // The sweep changes the number of runners. Who changes a pool needs the right to run something as its account.
    ...(target.isSized ? on(accountPolicy(target, 'runner'), { role: 'roles/iam.serviceAccountUser', account: 'sweeper' }) : []),
    // Whoever enqueues a task names the account in whose name the function is called.
    ...on(accountPolicy(target, 'invoker'), ...enqueuers().map((account) => ({ role: 'roles/iam.serviceAccountUser', account }))),
  ]
}

/** Whoever opens sessions unwraps their data keys. */
function wrappingKeyRights(target: Target): readonly Right[] {
  return target.wrappingKeys.flatMap((key) => {
    const policy = wrappingPolicy(target, key)
    return readersOf('SESSION_ENCRYPTION_KEY').map((account): Right => ({
      role: WRAPPING_ROLE,
      account,
      policy,
      stage: 'access',
    }))
  })
}

/** Whoever removes media, archives and backups may delete nothing else in the bucket. A list is a right on the bucket itself. */
function objectRemovals({ bucket }: Target): readonly Binding[] {
  const below = ['media/', 'archive/', 'sessions/', 'purges/'].map(
    (part) => `resource.name.startsWith("projects/_/buckets/${bucket}/objects/${part}")`,
  )
  const expression = ['resource.type == "storage.googleapis.com/Bucket"', ...below].join(' || ')
  const condition = { title: 'holdfast-removals', expression }
  return bucketUsers('removes').map((account) => ({ role: 'holdfastObjectRemovals', account, condition }))
}

/** Whoever destroys the keys of a session says so beside its checkpoints first. */
function tombstones({ bucket }: Target): readonly Binding[] {
  const expression = `resource.name.startsWith("projects/_/buckets/${bucket}/objects/purges/")`
  const condition = { title: 'holdfast-tombstones', expression }
  return bucketUsers('removes').map((account) => ({ role: 'holdfastTombstones', account, condition }))
}

function lateRights(target: Target): readonly Right[] {
  return queues().flatMap((queue): readonly Right[] => [
    ...enqueuersOf(queue).map((account): Right => ({
      stage: 'invokers',
      policy: queuePolicy(target, queue),
      role: 'roles/cloudtasks.enqueuer',
      account,
    })),
    { stage: 'invokers', policy: servicePolicy(target, queue), role: 'roles/run.invoker', account: 'invoker' },
  ])
}

/** The policies that no account of ours may be in with more than the list says. */
export const accessPolicies = (target: Target): readonly Policy[] => [
  projectPolicy(target),
  bucketPolicy(target.bucket),
  ...(Object.keys(SECRETS) as SecretName[]).map((name) => secretPolicy(target, name)),
  accountPolicy(target, 'invoker'),
  ...target.wrappingKeys.map((key) => wrappingPolicy(target, key)),
  ...(target.isSized ? [accountPolicy(target, 'runner')] : []),
  ...queues().map((queue) => queuePolicy(target, queue)),
]

/** Whose processes make spans. */
const TRACED = ['runner', 'api', 'webhooks'] as const

function projectBindings(target: Target): readonly Binding[] {
  const { project } = target
  const condition = {
    title: 'holdfast-database',
    expression: `resource.name == "projects/${project}/databases/(default)"`,
  }
  return [
    ...databaseUsers('all').map((account) => ({ role: 'holdfastDocuments', account, condition })),
    ...databaseUsers('creates').map((account) => ({ role: 'holdfastRecords', account, condition })),
    // Cloud Trace knows no smaller thing than a project.
    ...(target.tracesToGoogle ? TRACED.map((account) => ({ role: 'roles/telemetry.tracesWriter', account })) : []),
    // A project has one environment. gcloud has no command yet for the policy of a worker pool alone.
    ...(target.isSized ? [{ role: SCALER_ROLE, account: 'sweeper' } as const] : []),
    // Cloud Run takes the logs of its containers itself; a build writes its own.
    { role: 'roles/logging.logWriter', account: 'build' },
  ]
}

/** The version of policies that has conditions. Without it Google answers with lines that lack theirs. */
const WITH_CONDITIONS = { options: { requestedPolicyVersion: 3 } }

export const projectPolicy = ({ project }: Target): Policy => ({
  on: 'the project',
  read: {
    url: `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:getIamPolicy`,
    method: 'POST',
    body: WITH_CONDITIONS,
  },
  command: ['projects', 'add-iam-policy-binding', project],
  hasConditions: true,
  permission: 'resourcemanager.projects.setIamPolicy',
})

const bucketPolicy = (name: string): Policy => ({
  on: `bucket ${name}`,
  read: { url: `https://storage.googleapis.com/storage/v1/b/${name}/iam?optionsRequestedPolicyVersion=3` },
  command: ['storage', 'buckets', 'add-iam-policy-binding', `gs://${name}`],
  hasConditions: true,
  permission: 'storage.buckets.setIamPolicy',
})

const repositoryPolicy = ({ repository, region }: Target): Policy => ({
  on: 'the image repository',
  read: { url: `https://artifactregistry.googleapis.com/v1/${repository}:getIamPolicy` },
  command: ['artifacts', 'repositories', 'add-iam-policy-binding', 'holdfast'],
  place: [`--location=${region}`],
  permission: 'artifactregistry.repositories.setIamPolicy',
})

const secretPolicy = ({ project }: Target, name: SecretName): Policy => ({
  on: `secret ${name}`,
  read: { url: `${secretUrl(project, name)}:getIamPolicy` },
  command: ['secrets', 'add-iam-policy-binding', name],
  permission: 'secretmanager.secrets.setIamPolicy',
})

const accountPolicy = (target: Target, account: Account): Policy => ({
  on: `service account ${account}`,
  read: {
    url: `https://iam.googleapis.com/v1/projects/${target.project}/serviceAccounts/${target.emailOf(account)}:getIamPolicy?options.requestedPolicyVersion=3`,
    method: 'POST',
  },
  command: ['iam', 'service-accounts', 'add-iam-policy-binding', target.emailOf(account)],
  permission: 'iam.serviceAccounts.setIamPolicy',
})

const queuePolicy = ({ project, region }: Target, queue: string): Policy => ({
  on: `queue ${queue}`,
  read: {
    url: `https://cloudtasks.googleapis.com/v2/projects/${project}/locations/${region}/queues/${queue}:getIamPolicy`,
    method: 'POST',
    body: {},
  },
  command: ['tasks', 'queues', 'add-iam-policy-binding', queue],
  place: [`--location=${region}`],
  permission: 'cloudtasks.queues.setIamPolicy',
})

/** Each function is a service of Cloud Run, whose name has small letters. */
const servicePolicy = ({ project, region }: Target, name: string): Policy => ({
  on: `function ${name}`,
  read: {
    url: `https://run.googleapis.com/v2/projects/${project}/locations/${region}/services/${name.toLowerCase()}:getIamPolicy`,
  },
  command: ['run', 'services', 'add-iam-policy-binding', name.toLowerCase()],
  place: [`--region=${region}`],
  permission: 'run.services.setIamPolicy',
})
