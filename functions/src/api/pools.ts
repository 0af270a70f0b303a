import { SESSION_NAME } from '@holdfast/core/session/ids'
import { z } from 'zod'
import { deletePool, listPools, putPool, showPool } from '../use-cases/pools.ts'
import { ADMINS, READERS, type Route, route } from './route.ts'
import { refusedField } from './schemas.ts'

const poolNamed = z.object({ name: z.string().meta({ description: 'The name of a pool.', example: 'sales' }) })

const membersSchema = z
  .object({
    sessions: z
      .array(z.string().regex(SESSION_NAME, 'must be the name of a session'), 'must be a list of names of sessions')
      .min(1, 'must name a session')
      .max(100, 'must have at most 100 names')
      .refine((names) => new Set(names).size === names.length, 'must name each session once')
      .meta({ description: 'The sessions in the order in which they are asked to send.' }),
  })
  .catchall(refusedField)
  .meta({ id: 'PoolMembers', example: { sessions: ['main', 'backup'] } })

const poolSchema = z.strictObject({ name: z.string(), sessions: z.array(z.string()) }).meta({ id: 'Pool' })

const answered = { 200: { description: 'The pool.', schema: poolSchema } } as const

export const POOL_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/pools',
    operationId: 'listPools',
    tag: 'Pools',
    summary: 'List the pools of sessions',
    description: 'The pool `default` is all sessions of the tenant, by name.',
    roles: READERS,
    answers: { 200: { description: 'All pools, by name.', schema: z.array(poolSchema) } },
    run: async ({ dependencies, principal }) => ({ status: 200, body: await listPools(dependencies, principal) }),
  }),
  route({
    method: 'GET',
    path: '/api/pools/:name',
    operationId: 'getPool',
    tag: 'Pools',
    summary: 'Show a pool of sessions',
    roles: READERS,
    request: { params: poolNamed },
    answers: answered,
    problems: ['unknown-pool'],
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await showPool(dependencies, principal, name),
    }),
  }),
  route({
    method: 'PUT',
    path: '/api/pools/:name',
    operationId: 'putPool',
    tag: 'Pools',
    summary: 'Make a pool of sessions, or change its sessions',
    description:
      'Messages to a pool are sent by its first session that is connected. When that one is down for longer than the tenant allows, ' +
      'or WhatsApp refuses a message from it, another takes the message. The request may be repeated.',
    roles: ADMINS,
    request: { params: poolNamed, body: membersSchema },
    answers: answered,
    problems: ['unknown-session', 'unknown-pool', 'default-pool'],
    run: async ({ dependencies, principal, params: { name }, body: { sessions } }) => ({
      status: 200,
      body: await putPool(dependencies, principal, { name, sessions }),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/pools/:name',
    operationId: 'deletePool',
    tag: 'Pools',
    summary: 'Remove a pool of sessions',
    description: 'Its sessions stay. Messages that were accepted for the pool stay where they are.',
    roles: ADMINS,
    request: { params: poolNamed },
    answers: { 200: { description: 'The pool as it was.', schema: poolSchema } },
    problems: ['unknown-pool', 'default-pool'],
    run: async ({ dependencies, principal, params: { name } }) => ({
      status: 200,
      body: await deletePool(dependencies, principal, name),
    }),
  }),
]
