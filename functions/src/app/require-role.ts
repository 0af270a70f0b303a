import type { Principal, Role } from './principal.ts'
import { problem } from './problems.ts'

/** @throws the problem `forbidden` */
export function requireRole({ role }: Principal, roles: readonly Role[]): void {
  if (roles.includes(role)) return
  throw problem('forbidden', `The role of this API key is ${role}; the route is for ${roles.join(', ')}.`)
}
