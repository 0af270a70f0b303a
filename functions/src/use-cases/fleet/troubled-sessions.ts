import { sessionsOfGone } from '@holdfast/core/operations/sessions-of-gone'
import { inParallel } from '@holdfast/core/platform/in-parallel'
import type { DocumentCounter, DocumentSnapshot, DocumentStore, Query } from '@holdfast/core/platform/ports'
import { SESSIONS, sessionPath } from '@holdfast/core/session/session-document'
import { isPlainlyFine, type SessionFact, sessionFact } from './session-facts.ts'
import type { RunnerFact } from './runner-facts.ts'

/** Documents of sessions of one kind (unowned, of dead owners, in trouble by their heartbeat, …) that one run reads at most. */
const MOST_OF_A_KIND = 500

/** Firestore takes 30 values in one `in` filter. */
const VALUES_IN_A_QUERY = 30

const AT_ONCE = 20

const ONLINE = ['wanted', '==', 'online'] as const

interface Needed {
  readonly documents: DocumentStore & DocumentCounter
  readonly runners: readonly RunnerFact[]
  /** Sessions that are wanted online, as counted. */
  readonly wanted: number
  readonly nowMs: number
}

/**
 * Finds the sessions that are not plainly fine. Live heartbeats speak for nearly all sessions, so only the documents of the rest are
 * read: of sessions in trouble by the heartbeat, of unowned ones, of those whose owner is dead or has no heartbeat document. So the
 * number of reads follows the number of runners and of troubled sessions, not the number of sessions. A document that was made by
 * hand without the field `runnerId` is found by the runners alone.
 *
 * @returns the sessions, and the kinds of which there were more than one run reads
 */
export async function findTroubled(needed: Needed): Promise<{ sessions: SessionFact[]; cut: string[] }> {
  const { runners, nowMs } = needed
  const alive = runners.filter(({ isDead }) => !isDead)
  const inTrouble = alive.flatMap(({ document }) =>
    Object.entries(document.sessions).flatMap(([id, reported]) => (isPlainlyFine(reported, nowMs) ? [] : [id])),
  )
  const [ownerless, dead, gone, reported] = await Promise.all([
    unowned(needed),
    ofDead(needed),
    ofGone(needed),
    readAll(needed, inTrouble),
  ])
  const kinds = [
    ofKind('unowned', ownerless),
    ofKind('of dead runners', dead),
    ofKind('of runners that are gone', gone),
    ofKind('in trouble', reported, inTrouble.length),
  ]
  const found = new Map(kinds.flatMap(({ snapshots }) => snapshots.map((snapshot) => [snapshot.id, snapshot] as const)))
  const cut = kinds.flatMap((kind) => (kind.isCut ? [kind.name] : []))
  // Without this a session whose owner does not know of it would stay unseen.
  if (cut.length === 0) for (const snapshot of await notVouchedFor(needed, alive, found)) found.set(snapshot.id, snapshot)
  const byId = new Map(runners.map((runner) => [runner.id, runner]))
  const sessions = [...found.values()].map((snapshot) => sessionFact(snapshot, byId, nowMs))
  return { sessions: sessions.toSorted((one, other) => (one.sessionId < other.sessionId ? -1 : 1)), cut }
}

const ofKind = (name: string, snapshots: readonly DocumentSnapshot[], number = snapshots.length) => ({
  name,
  snapshots: snapshots.slice(0, MOST_OF_A_KIND),
  isCut: number > MOST_OF_A_KIND,
})

const sessionsWhere = (
  documents: DocumentStore,
  where: NonNullable<Query['where']>,
  more: Partial<Query> = {},
): Promise<DocumentSnapshot[]> => documents.query({ collection: SESSIONS, where, limit: MOST_OF_A_KIND + 1, ...more })

const unowned = ({ documents }: Needed) => sessionsWhere(documents, [ONLINE, ['runnerId', '==', null]])

async function ofDead({ documents, runners }: Needed): Promise<DocumentSnapshot[]> {
  const dead = runners.filter(({ isDead }) => isDead).map(({ id }) => id)
  const found: DocumentSnapshot[] = []
  for (let at = 0; at < dead.length && found.length <= MOST_OF_A_KIND; at += VALUES_IN_A_QUERY) {
    const some = dead.slice(at, at + VALUES_IN_A_QUERY)
    found.push(...(await sessionsWhere(documents, [['runnerId', 'in', some]])))
  }
  return found
}

const ofGone = ({ documents, runners }: Needed) =>
  sessionsOfGone(
    documents,
    runners.map(({ id }) => id),
    { limit: MOST_OF_A_KIND + 1 },
  )

async function readAll({ documents }: Needed, sessionIds: readonly string[]): Promise<DocumentSnapshot[]> {
  const found: DocumentSnapshot[] = []
  await inParallel(AT_ONCE, sessionIds.slice(0, MOST_OF_A_KIND), async (sessionId) => {
    const snapshot = await documents.read(sessionPath(sessionId))
    if (snapshot) found.push(snapshot)
  })
  return found
}

/**
 * Finds sessions that name a live owner whose heartbeat does not name them. It looks only when sessions are missing, and then only
 * at those runners that own more sessions than they name.
 */
async function notVouchedFor(
  { documents, wanted }: Needed,
  alive: readonly RunnerFact[],
  found: ReadonlyMap<string, DocumentSnapshot>,
): Promise<DocumentSnapshot[]> {
  const named = new Set(alive.flatMap(({ document }) => Object.keys(document.sessions)))
  const isOnline = ({ fields }: DocumentSnapshot): boolean => fields['wanted'] === 'online'
  const others = [...found.values()].filter((session) => isOnline(session) && !named.has(session.id))
  // One that is being stopped is named, and is not among the wanted ones.
  const stopping = [...found.values()].filter((session) => !isOnline(session) && named.has(session.id))
  if (wanted <= named.size - stopping.length + others.length) return []
  const missing: DocumentSnapshot[] = []
  await inParallel(AT_ONCE, alive, async ({ id, document: { sessions } }) => {
    const isOwned = ['runnerId', '==', id] as const
    const owned = await documents.count({ collection: SESSIONS, where: [isOwned] })
    if (owned <= Object.keys(sessions).length || missing.length > MOST_OF_A_KIND) return
    const all = await sessionsWhere(documents, [isOwned])
    missing.push(...all.filter((session) => sessions[session.id] === undefined))
  })
  return missing
}
