import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Route, RouteResult } from '../api/route.ts'
import { writeAudit } from '../use-cases/audit.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import type { Principal } from './principal.ts'
import { problemOf } from './problems.ts'
import { requestContext } from './request-context.ts'

/** Returns whether the acts of a route are written to the audit log: all that change something, but for the sending of messages. */
export const isAudited = ({ method, roles, sendsMessages = false, changesNothing = false }: Route): boolean =>
  method !== 'GET' && roles !== 'anybody' && !sendsMessages && !changesNothing

interface Request {
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
}

/** Runs a route and writes down who did what, on what, and how it ended. */
export async function withAudit(
  { operationId }: Route,
  request: Request,
  principal: Principal,
  dependencies: Pick<Dependencies, 'documents' | 'clock' | 'logger'>,
  run: () => Promise<RouteResult>,
): Promise<RouteResult> {
  const write = (ended: { status: number; problem: string | null }, created?: unknown): Promise<void> => {
    const { requestId = '', tenant = principal.tenant } = requestContext()
    const on = thingsIn({ ...request, created })
    return writeAudit(dependencies, {
      tenant,
      key: principal.key,
      role: principal.role,
      operation: operationId,
      on,
      ...ended,
      requestId,
    })
  }
  try {
    const result = await run()
    await write({ status: result.status, problem: null }, 'body' in result ? result.body : undefined)
    return result
  } catch (error) {
    const known = problemOf(error)
    const written = write({ status: known?.status ?? 500, problem: known?.message ?? 'internal-error' })
    // While Firestore is away, the caller does not wait for it a second time.
    if (!isHoldfastError(error, 'unavailable')) await written
    throw error
  }
}

/** Names and ids only: no free text, which may be anything. */
const NAME = /^[\w.:~-]{1,120}$/

/** Somebody may use phone numbers as names. */
const PHONE_NUMBER = /^\d{7,}$/

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Returns the names and ids of a request, whether it asks for a purge, and which parts of a configuration it changed. Values of other fields
 * stay out.
 */
export function thingsIn(given: Request & { readonly created?: unknown }): Record<string, string> {
  const { body, created } = given
  const fields = [given.params, given.query, body].flatMap((part) => (isObject(part) ? Object.entries(part) : []))
  const named = fields.filter(([field]) => ['name', 'id', 'run', 'session', 'tenant', 'pool', 'role', 'purge'].includes(field))
  const parts = ['config', 'secrets'].flatMap((field) =>
    isObject(body) && isObject(body[field]) ? [[field, Object.keys(body[field]).join('.')] as const] : [],
  )
  const isNew = (field: string): boolean => !named.some(([known]) => known === field)
  const made = isObject(created) ? ['id', 'run'].filter(isNew).map((field) => [field, created[field]] as const) : []
  return Object.fromEntries(
    [...named, ...made, ...parts].flatMap(([field, value]) =>
      typeof value === 'string' && NAME.test(value) ? [[field, PHONE_NUMBER.test(value) ? `…${value.slice(-4)}` : value]] : [],
    ),
  )
}
