import { createHash } from 'node:crypto'
import type { TenantDocument } from '@holdfast/core/operations/tenant-document'

/** Names what people have configured of a tenant. What the program notes in the same document, such as a listener's time, changes no version. */
export function versionOfTenant(document: Pick<TenantDocument, 'name' | 'config' | 'secrets'> | null): string {
  const { name, config = {}, secrets = {} } = document ?? {}
  const sealed = Object.entries(secrets).map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')])
  return createHash('sha256')
    .update(JSON.stringify(inOrder([name ?? null, config, Object.fromEntries(sealed)])))
    .digest('hex')
    .slice(0, 16)
}

/** Firestore keeps no order of fields. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, inOrder(inner)]),
  )
}
