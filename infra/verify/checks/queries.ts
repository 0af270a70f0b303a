import { createFirestoreClients } from '@holdfast/core/adapters/google/clients'
import { messageOf } from '@holdfast/core/platform/errors'
import type { DocumentCounter, DocumentStore } from '@holdfast/core/platform/ports'
import { LOGIN } from '../../google/default-credentials.ts'
import { type LiveCheck, type Problem, verdictOf } from '../live-check.ts'
import type { MadeQuery } from '../made-query.ts'
import { QUERIES } from '../queries.ts'

/** gRPC's codes. */
const FAILED_PRECONDITION = 9
const UNAUTHENTICATED = 16

/** Makes every query of the code once, in the database of the deployment, whose indexes they need. Nothing is written. */
export const queries: LiveCheck = {
  name: 'firestore: queries',
  proves: 'every query that the code makes is answered: no index is missing',
  seconds: 20,
  usd: 0.001,
  hasClients: true,
  run: async ({ target }) => {
    const clients = createFirestoreClients({ projectId: target.project })
    try {
      const problems = await Promise.all(QUERIES.map((made) => tryQuery(clients.documents, made)))
      return verdictOf({ queries: QUERIES.length }, ...problems)
    } finally {
      await clients.close()
    }
  },
}

async function tryQuery(documents: DocumentStore & DocumentCounter, { by, query, counts }: MadeQuery): Promise<Problem | null> {
  try {
    if (counts) await documents.count(query)
    else await documents.query(query)
    return null
  } catch (error) {
    return problemOf(by, error)
  }
}

/** Pure. */
export function problemOf(by: string, error: unknown): Problem {
  const { code } = error as { code?: unknown }
  const message = messageOf(error)
  if (code === FAILED_PRECONDITION) {
    const link = /https:\/\/console\.\S+/.exec(message)?.[0]
    const mend = `npm run infra -- apply --only indexes, then wait until doctor says that they are built.${link === undefined ? '' : ` The missing one: ${link}`}`
    return { what: `a query of ${by} has no index`, mend }
  }
  const mend = code === UNAUTHENTICATED ? LOGIN : 'Your account needs roles/datastore.viewer. The message says more.'
  return { what: `a query of ${by} fails: ${message.split('\n')[0]}`, mend }
}
