import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import type { Principal } from '../app/principal.ts'
import type { ProblemCode } from '../app/problems.ts'
import { acceptContent, type ContentRequest } from '../use-cases/accept-content.ts'
import type { sendingFields } from './content-schemas.ts'
import type { idempotencyHeaders } from './message-schemas.ts'
import type { RouteDependencies } from './route.ts'

/** The problems of every route that sends for one session. */
export const SENDING_PROBLEMS = [
  'unknown-session',
  'unknown-message',
  'not-possible',
  'unsupported-chat',
  'invalid-chat',
  'invalid-time',
  'queue-disabled',
  'tenant-deleting',
  'daily-quota-exceeded',
  'idempotency-key-reused',
  'message-damaged',
] as const satisfies readonly ProblemCode[]

type Fields = z.output<z.ZodObject<typeof sendingFields>>

interface Context {
  readonly dependencies: RouteDependencies
  readonly principal: Principal
  readonly headers: z.output<typeof idempotencyHeaders>
}

/** Accepts what a request sends. `make` makes its content. */
export function send({ dependencies, principal, headers }: Context, fields: Fields, make: ContentRequest['make']) {
  return acceptContent(dependencies, principal, {
    session: fields.session,
    messageId: fields.id ?? null,
    idempotencyKey: headers['Idempotency-Key'] ?? randomUUID(),
    sendAt: fields.sendAt ?? null,
    expiresAt: fields.expiresAt ?? null,
    priority: fields.priority,
    retry: fields.retry ?? null,
    make,
  })
}

/** The fields of a request that says nothing of when and how it is sent. */
export const plainly = (session: string): Fields => ({ session, priority: 'normal' })
