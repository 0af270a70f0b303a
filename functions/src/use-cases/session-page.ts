import { RUNNERS } from '@holdfast/core/operations/runner-document'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { sessionIdOf, sessionNameOf } from '@holdfast/core/session/ids'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { type ApiStatus, apiStatusOf, SESSION_STATES, type SessionState } from '@holdfast/core/session/session-states'
import { knowsSession, type Principal } from '../app/principal.ts'
import { isRemoved } from './find-session.ts'
import type { SessionAnswer } from './session-answer.ts'
import { answerOf, completed, type SessionsNeeded } from './show-sessions.ts'
import { visiblePage } from './visible-page.ts'

interface SessionFilter {
  /** Stopped ones, too. */
  readonly all: boolean
  readonly status: ApiStatus | undefined
  /** Only those that wait for a person. */
  readonly needsPerson: boolean
  /** A part of the name, of the account's number or of what the account calls itself. */
  readonly search: string | undefined
}

interface PageRequest extends SessionFilter {
  /** The name of the last session of an earlier page. */
  readonly cursor: string | undefined
  readonly limit: number
}

interface SessionPage {
  readonly sessions: readonly SessionAnswer[]
  /** Null when there are no further sessions. */
  readonly cursor: string | null
}

/** What decides whether a session fits. A search may go through thousands, and the rest of a document is the larger part. */
const LOOKED_AT = 'v tenant name wanted createdAt isRemoved state reason userAction since runnerId epoch me'.split(' ')

const READ_AT_ONCE = 1000

const AT_ONCE = 25

/** Lists the sessions that a caller may know of, by name, page by page. */
export async function listSessionPage(
  dependencies: SessionsNeeded,
  principal: Principal,
  { cursor, limit, ...filter }: PageRequest,
): Promise<SessionPage> {
  const { documents, logger } = dependencies
  const states = storedStatesOf(filter)
  if (states.length === 0) return { sessions: [], cursor: null }
  // A query for every state would pass over documents whose state is damaged.
  const ofStates: Query['where'] = states.length === SESSION_STATES.length ? [] : [['state', 'in', states]]
  const isNarrowed = filter.status !== undefined || filter.needsPerson || filter.search !== undefined
  const heartbeats = new Heartbeats(documents)
  const read = async (behind: DocumentSnapshot | null, most: number): Promise<DocumentSnapshot[]> => {
    const after = behind?.id ?? (cursor === undefined ? null : sessionIdOf(principal.tenant, cursor))
    const found = await documents.query({
      collection: SESSIONS,
      where: [['tenant', '==', principal.tenant], ...ofStates],
      orderBy: ['id', 'asc'],
      ...(after === null ? {} : { startAfter: after }),
      limit: most,
      ...(isNarrowed ? { select: LOOKED_AT } : {}),
    })
    await heartbeats.know(found)
    return found
  }
  const { documents: page, hasMore } = await visiblePage({
    read,
    limit,
    atOnce: READ_AT_ONCE,
    isVisible: (snapshot) =>
      knowsSession(principal, snapshot.id) &&
      !isRemoved(snapshot) &&
      fits(answerOf(logger, snapshot, heartbeats.ofOwner(snapshot)), filter),
  })
  const whole = isNarrowed ? await readAnew(documents, page) : page
  await heartbeats.know(whole)
  const last = page.at(-1)
  return {
    sessions: await completed(dependencies, principal, whole, (snapshot) => heartbeats.ofOwner(snapshot)),
    cursor: last && hasMore ? sessionNameOf(last.id) : null,
  }
}

async function readAnew(documents: DocumentStore, found: readonly DocumentSnapshot[]): Promise<DocumentSnapshot[]> {
  const whole: (DocumentSnapshot | null)[] = found.map(() => null)
  await inParallel(AT_ONCE, [...found.keys()], async (at) => {
    whole[at] = await documents.read(sessionPath(found[at]!.id))
  })
  return whole.filter((snapshot) => snapshot !== null).filter((snapshot) => !isRemoved(snapshot))
}

function fits({ name, me, status, wanted, userAction }: SessionAnswer, filter: SessionFilter): boolean {
  if (filter.status !== undefined && status !== filter.status) return false
  if (filter.needsPerson && !needsPerson({ status, wanted, userAction })) return false
  if (filter.search !== undefined) {
    const text = filter.search.trim().toLowerCase()
    return [name, me?.id ?? '', me?.pushName ?? ''].some((one) => one.toLowerCase().includes(text))
  }
  return filter.all || filter.status !== undefined || wanted === 'online' || status !== 'STOPPED'
}

const needsPerson = ({ status, wanted, userAction }: Pick<SessionAnswer, 'status' | 'wanted' | 'userAction'>): boolean =>
  status === 'FAILED' || status === 'SCAN_QR_CODE' || (wanted === 'online' && userAction !== null)

/**
 * The stored states that can be shown so: most sessions of a fleet are connected, and those that failed must not cost a look at each of these.
 * A stored state that only a runner can keep true is shown as starting when no runner confirms it, so that any of them can be that.
 */
function storedStatesOf({ status, needsPerson: isForPerson }: SessionFilter): readonly SessionState[] {
  const can = (state: SessionState): boolean => {
    const shown = apiStatusOf(state)
    if (isForPerson && (shown === 'WORKING' || shown === 'STOPPED')) return false
    return status === undefined || status === 'STARTING' || shown === status
  }
  return SESSION_STATES.filter(can)
}

/** The heartbeats of the owners of sessions: all are read when an owner is found whose heartbeat is not known. */
class Heartbeats {
  readonly #documents: DocumentStore
  #byId: ReadonlyMap<string, DocumentSnapshot> = new Map()
  readonly #looked = new Set<string>()

  constructor(documents: DocumentStore) {
    this.#documents = documents
  }

  /** Sessions are read first, so that each runner that one names is found. */
  async know(sessions: readonly DocumentSnapshot[]): Promise<void> {
    const unknown = sessions.map(ownerOf).filter((id) => id !== null && !this.#looked.has(id)) as string[]
    if (unknown.length === 0) return
    for (const id of unknown) this.#looked.add(id)
    this.#byId = new Map((await this.#documents.query({ collection: RUNNERS })).map((runner) => [runner.id, runner]))
  }

  ofOwner(session: DocumentSnapshot): DocumentSnapshot | null {
    return this.#byId.get(ownerOf(session) ?? '') ?? null
  }
}

const ownerOf = ({ fields: { runnerId } }: DocumentSnapshot): string | null => (typeof runnerId === 'string' ? runnerId : null)
