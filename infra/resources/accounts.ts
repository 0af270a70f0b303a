import { gcloud } from './command.ts'
import { at, textsAt } from './fields.ts'
import type { Resource } from './resource.ts'
import { type Account, ACCOUNTS, type Target } from './target.ts'

/** Roles of our own, where Google's smallest one allows too much. */
export const ROLES = {
  /** Google's smallest role for documents also shows the database's indexes and statistics. */
  holdfastDocuments: [
    'datastore.entities.create',
    'datastore.entities.delete',
    'datastore.entities.get',
    'datastore.entities.list',
    'datastore.entities.update',
  ],
  /** Documents are created, read and changed, and stay. */
  holdfastRecords: [
    'datastore.entities.create',
    'datastore.entities.get',
    'datastore.entities.list',
    'datastore.entities.update',
  ],
  /** Checkpoints are created and read, never overwritten and never deleted. */
  holdfastCheckpoints: ['storage.objects.create', 'storage.objects.get', 'storage.objects.list'],
  /** Tombstones of purged sessions are created, and nothing else, by a condition. */
  holdfastTombstones: ['storage.objects.create'],
  /** Objects are found by their names and deleted: only media, archives, backups and old tombstones, by a condition. */
  holdfastObjectRemovals: ['storage.objects.delete', 'storage.objects.list'],
} as const

/** The role of whoever sizes the fleet: instances of worker pools or services are read and changed, never made or deleted. */
const SCALER = {
  'worker-pool': ['run.operations.get', 'run.workerpools.get', 'run.workerpools.update'],
  service: ['run.operations.get', 'run.services.get', 'run.services.update'],
} as const

export const SCALER_ROLE = 'holdfastScaler'

export const accounts = (target: Target): readonly Resource[] => [
  ...(Object.keys(ACCOUNTS) as Account[]).map((account) => serviceAccount(target, account)),
  ...Object.entries(ROLES).map(([name, permissions]) => role(target, name, permissions)),
  ...(target.isSized ? [role(target, SCALER_ROLE, SCALER[target.environment.runner.platform])] : []),
]

function serviceAccount(target: Target, account: Account): Resource {
  const { project } = target
  const email = target.emailOf(account)
  const displayName = `Holdfast: ${ACCOUNTS[account]}`
  return {
    id: `service account ${account}`,
    stage: 'base',
    reads: [{ url: `https://iam.googleapis.com/v1/projects/${project}/serviceAccounts/${email}` }],
    want: () => ({ displayName }),
    permissions: ['iam.serviceAccounts.create', 'iam.serviceAccounts.update'],
    create: () => [
      gcloud(project, ['iam', 'service-accounts', 'create', `holdfast-${account}`, `--display-name=${displayName}`]),
    ],
    update: () => [gcloud(project, ['iam', 'service-accounts', 'update', email, `--display-name=${displayName}`])],
    remove: () => [gcloud(project, ['iam', 'service-accounts', 'delete', email])],
  }
}

function role({ project }: Target, name: string, wanted: readonly string[]): Resource {
  const permissions = `--permissions=${wanted.join(',')}`
  return {
    id: `role ${name}`,
    stage: 'base',
    reads: [{ url: `https://iam.googleapis.com/v1/projects/${project}/roles/${name}` }],
    // A deleted role is answered for some days more. Its name cannot be used for another one in that time.
    have: ([answer]) => answer && { deleted: at(answer, 'deleted'), includedPermissions: textsAt(answer, 'includedPermissions') },
    want: () => ({ deleted: false, includedPermissions: wanted.toSorted() }),
    permissions: ['iam.roles.create', 'iam.roles.update', 'iam.roles.undelete'],
    create: () => [gcloud(project, ['iam', 'roles', 'create', name, `--title=Holdfast: ${name}`, '--stage=GA', permissions])],
    update: (have) => [
      ...(at(have, 'deleted') === true ? [gcloud(project, ['iam', 'roles', 'undelete', name])] : []),
      gcloud(project, ['iam', 'roles', 'update', name, permissions]),
    ],
    remove: (have) => (at(have, 'deleted') === true ? [] : [gcloud(project, ['iam', 'roles', 'delete', name])]),
  }
}
