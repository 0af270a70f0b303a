import { firestoreOrigin } from '../../config.ts'
import { textAt } from '../../resources/fields.ts'
import { verdictOf, type LiveCheck } from '../live-check.ts'
import { COLLECTIONS } from '../queries.ts'

const REFUSED = 403

/** The rules as a stranger meets them. Operators' tokens need Firebase's sign-in, which an installation need not have. */
export const rules: LiveCheck = {
  name: 'rules: strangers',
  proves: 'whoever shows no token reads, lists and writes nothing in any collection',
  seconds: 10,
  usd: 0,
  run: async ({ target, call }) => {
    const root = `${firestoreOrigin()}/v1/projects/${target.project}/databases/(default)/documents`
    const open: string[] = []
    for (const collection of [...COLLECTIONS, 'anything_else']) {
      const attempts = [
        ['reads', await call({ url: `${root}/${collection}/nobody` }, 'nobody')],
        ['lists', await call({ url: `${root}/${collection}?pageSize=1` }, 'nobody')],
        [
          'writes',
          await call({ url: `${root}/${collection}?documentId=verify-nobody`, method: 'POST', body: { fields: {} } }, 'nobody'),
        ],
      ] as const
      for (const [verb, { status, body }] of attempts) {
        if (status !== REFUSED)
          open.push(`${verb} ${collection} (${status} ${textAt(body, 'error', 'status') ?? ''})`.replace(' )', ')'))
      }
    }
    const problem = {
      what: `a stranger ${open.join(', ')}`,
      mend: 'npm run infra -- apply --only rules puts firestore.rules into force. Until then everybody may do that: act now.',
    }
    return verdictOf({ collections: COLLECTIONS.length }, open.length === 0 ? null : problem)
  },
}
