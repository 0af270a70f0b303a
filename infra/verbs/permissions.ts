import { textsAt } from '../resources/fields.ts'
import type { Change } from '../resources/resource.ts'
import type { Reader } from '../google/look.ts'

/** Google takes this many at a time. */
const AT_A_TIME = 100

export interface Permissions {
  /** False when nobody could be asked, as before the first services of a project are enabled. */
  readonly known: boolean
  /** Permissions in the project that the caller lacks. */
  readonly missing: readonly string[]
}

/** Finds out which of the permissions that these changes need the caller does not have in the project. */
export async function permissionsFor(changes: readonly Change[], project: string, reader: Reader): Promise<Permissions> {
  const needed = [...new Set(changes.flatMap(({ resource }) => resource.permissions))].toSorted()
  const parts = Array.from({ length: Math.ceil(needed.length / AT_A_TIME) }, (_, part) =>
    needed.slice(part * AT_A_TIME, (part + 1) * AT_A_TIME),
  )
  const missing = await Promise.all(parts.map((part) => missingOf(part, project, reader)))
  return { known: !missing.includes(null), missing: missing.flatMap((part) => part ?? []) }
}

/** Null when nobody answers. */
async function missingOf(permissions: readonly string[], project: string, reader: Reader): Promise<readonly string[] | null> {
  const url = `https://cloudresourcemanager.googleapis.com/v1/projects/${project}:testIamPermissions`
  const answer = await reader.read({ url, method: 'POST', body: { permissions } })
  if (answer === null) return null
  const granted = textsAt(answer, 'permissions')
  return permissions.filter((permission) => !granted.includes(permission))
}
