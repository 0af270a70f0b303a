import { isHoldfastError } from '@holdfast/core/platform/errors'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { sessionIdOf, sessionNameOf } from '@holdfast/core/session/ids'
import { ofSession } from '@holdfast/core/session/log-fields'
import { type Purge, purgeSchema, SESSIONS } from '@holdfast/core/session/session-document'
import { knowsSession, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { visiblePage } from '../visible-page.ts'
import { preparationsOf, purgeAnswer } from './purge-answer.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'logger'>

type PurgeAnswer = ReturnType<typeof purgeAnswer>

/** Purges whose actions are read at one time. */
const AT_ONCE = 20

interface PurgeFilter {
  readonly phases: readonly Purge['phase'][]
  /** The cursor of an earlier page. */
  readonly cursor: string | undefined
  readonly limit: number
}

export interface PurgeList {
  readonly purges: readonly PurgeAnswer[]
  readonly unreadable: readonly string[]
  /** Null when there are no further ones. */
  readonly cursor: string | null
}

/**
 * Lists the purges of the sessions that the caller may know of, in these phases, by the names of the sessions. Only the purge of a document
 * has to be whole. A name that has a session again has no purge in this list, because that session is not hidden.
 */
export async function listPurges(
  { documents, tenants, logger }: Needed,
  principal: Principal,
  { phases, cursor, limit }: PurgeFilter,
): Promise<PurgeList> {
  const { documents: known, hasMore } = await visiblePage({
    limit,
    read: (behind, most) => {
      const startAfter = behind?.id ?? (cursor === undefined ? undefined : sessionIdOf(principal.tenant, cursor))
      return documents.query({
        collection: SESSIONS,
        where: [
          ['tenant', '==', principal.tenant],
          ['purge.phase', 'in', phases],
        ],
        orderBy: ['id', 'asc'],
        ...(startAfter === undefined ? {} : { startAfter }),
        limit: most,
        select: ['purge', 'isRemoved'],
      })
    },
    isVisible: ({ id, fields }) => knowsSession(principal, id) && fields['isRemoved'] === true,
  })
  const { purge: settings } = await tenants.settingsOf(principal.tenant)
  const purges: PurgeAnswer[] = []
  const unreadable: string[] = []
  await inParallel(AT_ONCE, known, async ({ id, path, fields }) => {
    const purge = parseUnlessDamaged(purgeSchema, { fields: fields['purge'], path: `${path} purge` })
    if (!isHoldfastError(purge)) {
      // A purge that is done has removed its actions.
      const asked = purge.phase === 'done' ? { ...purge, actions: null } : purge
      purges.push(purgeAnswer(id, purge, await preparationsOf({ documents }, asked), settings))
      return
    }
    logger.error({ error: purge, ...ofSession(id) }, 'The purge of a session does not parse.')
    unreadable.push(sessionNameOf(id))
  })
  const last = known.at(-1)
  return {
    purges: purges.toSorted((one, other) => (one.session < other.session ? -1 : 1)),
    unreadable: unreadable.toSorted(),
    cursor: last && hasMore ? sessionNameOf(last.id) : null,
  }
}
