import { inParallel } from '../platform/in-parallel.ts'
import type { DocumentSnapshot, DocumentStore, Query } from '../platform/ports.ts'
import { SESSIONS } from '../session/session-document.ts'
import { runnerPath } from './runner-document.ts'

const AT_ONCE = 20

/**
 * Finds sessions whose owner has no document any more. Such owners lie between the ids of runners, so each gap is a query that normally
 * finds nothing: the reads follow the number of runners, not the number of sessions.
 *
 * @param known ids of all runners that have a document
 * @param limit how many sessions of each gap are read, and how many owners are looked up
 */
export async function sessionsOfGone(
  documents: Pick<DocumentStore, 'query' | 'read'>,
  known: readonly string[],
  { where = [], limit, select }: Pick<Query, 'where' | 'select'> & { readonly limit: number },
): Promise<DocumentSnapshot[]> {
  const ids = ['', ...known.toSorted()]
  const found: DocumentSnapshot[] = []
  await inParallel(AT_ONCE, ids.keys(), async (place) => {
    const [before = '', after] = ids.slice(place, place + 2)
    const upTo = after === undefined ? [] : [['runnerId', '<', after] as const]
    const gap: Query = {
      collection: SESSIONS,
      where: [...where, ['runnerId', '>', before], ...upTo],
      orderBy: ['runnerId', 'asc'],
      limit,
      ...(select ? { select } : {}),
    }
    found.push(...(await documents.query(gap)))
  })
  const byOwner = Map.groupBy(found, ({ fields }) => String(fields['runnerId']))
  const gone: DocumentSnapshot[] = []
  await inParallel(AT_ONCE, [...byOwner].slice(0, limit), async ([owner, sessions]) => {
    // An owner that is not on the list may have started after the list was read.
    if (!(await documents.read(runnerPath(owner)))) gone.push(...sessions)
  })
  return gone
}
