import { rights } from '../../../infra/resources/access.ts'
import { ROLES } from '../../../infra/resources/accounts.ts'
import type { Target } from '../../../infra/resources/target.ts'

/**
 * What Google's roles hold, as of 2026-11-29: https://cloud.google.com/iam/docs/roles-permissions. Left out: `resourcemanager.projects.get`
 * and `list`, which count on a project only, and there none of these roles is given.
 */
const PREDEFINED: Readonly<Record<string, readonly string[]>> = {
  'roles/cloudtasks.enqueuer': ['cloudtasks.tasks.create', 'cloudtasks.tasks.fullView'],
  'roles/iam.serviceAccountUser': ['iam.serviceAccounts.actAs', 'iam.serviceAccounts.get', 'iam.serviceAccounts.list'],
  'roles/secretmanager.secretAccessor': ['secretmanager.versions.access'],
  'roles/run.invoker': ['run.jobs.run', 'run.routes.invoke'],
}

/** Returns what an account may do, as permissions on things. Throws an error for a role that the table lacks. */
export function grantedPermissions(target: Target, account: string): ReadonlySet<string> {
  const permissions = rights(target)
    .filter((right) => right.account === account)
    .flatMap(({ role, policy }) => {
      const held = (ROLES as Readonly<Record<string, readonly string[]>>)[role] ?? PREDEFINED[role]
      if (!held) throw new Error(`Nobody knows what ${role} holds.`)
      const on = policy.on === `bucket ${target.bucket}` ? 'the bucket of sessions' : policy.on
      return held.map((permission) => `${permission} on ${on}`)
    })
  return new Set(permissions)
}
