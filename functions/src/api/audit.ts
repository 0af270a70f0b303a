import { AUDIT_CURSOR } from '@holdfast/core/operations/audit-document'
import { z } from 'zod'
import { listAudit } from '../use-cases/audit.ts'
import { ADMINS, type Route, route } from './route.ts'
import { pageLimit, time } from './schemas.ts'

const entrySchema = z
  .strictObject({
    id: z.string(),
    at: time,
    tenant: z.string().meta({ description: 'The tenant on which it was done.' }),
    key: z.string().meta({ description: 'The id of the API key; `operator` for the one of the environment.' }),
    role: z.string(),
    operation: z.string().meta({ description: 'An `operationId` of this description.' }),
    on: z.record(z.string(), z.string()).meta({ description: 'The names and ids that the request named.' }),
    status: z.int().meta({ description: 'The status of the answer.' }),
    problem: z.string().nullable().meta({ description: 'The code of the problem, if the act was refused or failed.' }),
    requestId: z.string(),
  })
  .meta({ id: 'AuditEntry' })

const auditQuery = z.object({
  since: z
    .union(
      [z.string().regex(AUDIT_CURSOR), time],
      'must be a time, like 2031-05-01T10:00:00Z, or a cursor from an earlier answer',
    )
    .optional()
    .meta({ description: 'A time, or the cursor of an earlier answer. The list starts there.' }),
  limit: pageLimit,
  tenant: z.string('must be a text').optional().meta({ description: 'For the operator: a tenant. Without it: all.' }),
})

export const AUDIT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/audit',
    operationId: 'listAudit',
    tag: 'Audit',
    summary: 'List what operators and admins did',
    description:
      'Every act that changes something is listed, but for the sending of messages. An admin sees the acts on its tenant, the ' +
      'operator those on all. An entry can appear a few seconds late, behind later ones: who must miss none starts a little earlier.',
    roles: ADMINS,
    request: { query: auditQuery },
    answers: {
      200: {
        description: 'The acts, oldest first.',
        schema: z.strictObject({ entries: z.array(entrySchema), cursor: z.string().nullable() }).meta({ id: 'AuditPage' }),
      },
    },
    run: async ({ dependencies, principal, query: { since, limit, tenant } }) => ({
      status: 200,
      body: await listAudit(dependencies, principal, { since, limit, tenant }),
    }),
  }),
]
