import { inParallel } from '@holdfast/core/platform/in-parallel'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import type { Deadline } from '@holdfast/core/platform/deadlines'
import type { Change, DocumentSnapshot, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import { ofSession } from '@holdfast/core/session/log-fields'
import { type SessionDocument, SESSIONS } from '@holdfast/core/session/session-document'
import type { Mark } from '@holdfast/core/session/session-states'
import { nextStatuses, statusEventOf } from '@holdfast/core/session/status-webhook'
import { stateFields } from '@holdfast/core/session/state-fields'
import { kickWebhooks } from '@holdfast/core/operations/webhook-kick'
import type { Dependencies } from '../dependencies.ts'
import { parseSessionUnlessDamaged } from '../find-session.ts'
import type { FleetFacts } from '../fleet-facts.ts'
import { lostSince } from '../session-condition.ts'
import { tellEndPoints } from '../webhooks/tell-end-points.ts'
import { markOf, VOUCHED_STATES } from './vouching.ts'

type Needed = Pick<Dependencies, 'documents' | 'tasks' | 'clock' | 'logger'>

type Facts = Pick<FleetFacts, 'runners' | 'damagedRunners' | 'sessions' | 'cut'>

/** Firestore takes many writes in one commit, but one that has changed refuses them all. */
const MARKS_AT_ONCE = 50
const COMMITS_AT_ONCE = 4
const PAGE = 500

/** How many tenants and end points are looked up at once. */
const LOOKS_AT_ONCE = 10

/** How many sessions a log line names. */
const NAMED = 20

/**
 * Says in the documents of sessions for which nobody vouches that they are not connected. A mark needs the document as it was read, with
 * its owner, its epoch and its version: two sweeps at once mark once, and a claim in between wins. An owner that is alive after all hears
 * of the mark and states its state anew. Nothing else of the session changes: no journal, no ownership, no credentials. Webhooks tell of the
 * new status in the same commit.
 *
 * @returns the number of marked sessions
 */
export async function markUnvouched(needed: Needed, facts: Facts, deadline: Deadline): Promise<number> {
  const heartbeats = new Map(facts.runners.map(({ id, snapshot }) => [id, snapshot]))
  const tenants = readingOnce(needed.documents)
  const marked: string[] = []
  const mark = async (sessions: readonly DocumentSnapshot[]): Promise<number> => {
    const marks: Marking[] = []
    await inParallel(LOOKS_AT_ONCE, sessions, async (snapshot) => {
      const marking = markFor(snapshot, facts, heartbeats)
      if (marking) marks.push(await withTold(needed, tenants, marking))
    })
    const portions = Array.from({ length: Math.ceil(marks.length / MARKS_AT_ONCE) }, (_, at) =>
      marks.slice(at * MARKS_AT_ONCE, (at + 1) * MARKS_AT_ONCE),
    )
    const before = marked.length
    await inParallel(COMMITS_AT_ONCE, portions, async (portion) => {
      marked.push(...(await write(needed, portion, deadline)))
    })
    return marked.length - before
  }
  await mark(facts.sessions.map(({ snapshot }) => snapshot))
  // A marked session is not found again, so each page brings others.
  for (const runnerId of ownersWithMore(facts)) {
    for (let more = true; more && deadline.remainingMs > 0;) {
      const where = [['runnerId', '==', runnerId] as const, ['state', 'in', VOUCHED_STATES] as const]
      const page = await needed.documents.query({ collection: SESSIONS, where, limit: PAGE })
      more = (await mark(page)) > 0 && page.length === PAGE
    }
  }
  if (marked.length > 0) {
    const named = { count: marked.length, sessions: marked.slice(0, NAMED) }
    needed.logger.warn(named, 'Nobody vouches for sessions any more; their documents say so now.')
  }
  return marked.length
}

/** Dead and missing owners of which the facts name only some sessions. */
function ownersWithMore({ cut, runners, sessions }: Facts): ReadonlySet<string> {
  if (!cut.some((list) => list.startsWith('sessions '))) return new Set()
  const dead = runners.flatMap(({ id, isDead }) => (isDead ? [id] : []))
  const gone = sessions.flatMap(({ owner, runnerId }) => (owner === 'gone' && runnerId !== null ? [runnerId] : []))
  return new Set([...dead, ...gone])
}

interface Marking {
  readonly sessionId: string
  readonly changes: readonly Change[]
}

interface Marked {
  readonly snapshot: DocumentSnapshot
  readonly session: SessionDocument
  readonly fields: Fields
}

/** Many sessions have one tenant. */
function readingOnce(documents: Pick<DocumentStore, 'read'>): Pick<DocumentStore, 'read'> {
  const reads = new Map<string, ReturnType<DocumentStore['read']>>()
  return {
    read: (path) => {
      const reading = reads.get(path) ?? documents.read(path)
      reads.set(path, reading)
      return reading
    },
  }
}

/** Adds what tells the end points, when the API shows another status from now on. */
async function withTold(
  { clock }: Needed,
  tenants: Pick<DocumentStore, 'read'>,
  { snapshot, session, fields }: Marked,
): Promise<Marking> {
  const { path, id: sessionId } = snapshot
  const statuses = nextStatuses(session.statuses, 'BACKOFF', clock.now())
  const mark = (more: Fields) => ({ kind: 'update', path, fields: { ...fields, ...more }, unlessChangedSince: snapshot }) as const
  if (!statuses) return { sessionId, changes: [mark({})] }
  const told = statusEventOf(session.name, statuses)
  const deliveries = told ? await tellEndPoints(tenants, sessionId, session, told) : []
  return { sessionId, changes: [mark({ statuses }), ...deliveries] }
}

function markFor(
  snapshot: DocumentSnapshot,
  { damagedRunners }: Pick<Facts, 'damagedRunners'>,
  heartbeats: ReadonlyMap<string, DocumentSnapshot>,
): Marked | null {
  const session = parseSessionUnlessDamaged(snapshot)
  // The owner of a damaged document may be at work. So may a runner of a later version.
  if (isHoldfastError(session) || damagedRunners.includes(session.runnerId ?? '')) return null
  const heartbeat = heartbeats.get(session.runnerId ?? '') ?? null
  const mark = markOf(session, snapshot, heartbeat)
  if (!mark) return null
  const fields = { ...marked(mark), downSince: lostSince(snapshot.id, session, heartbeat) }
  return { snapshot, session, fields }
}

/** A QR code that nobody renews is worth nothing, and no attempt is planned. */
const marked = (mark: Mark) => ({ ...stateFields('BACKOFF', mark), nextAttemptAt: null, pairing: null })

/** Writes all marks in one commit. When one of the documents has changed, each mark is written alone. Returns the marked sessions. */
async function write(needed: Needed, marks: readonly Marking[], deadline: Deadline): Promise<string[]> {
  const { documents, tasks, logger } = needed
  if (deadline.remainingMs === 0) return []
  try {
    const changes = marks.flatMap((one) => one.changes)
    await documents.commit(changes)
    await kickWebhooks({ tasks, logger }, changes)
    return marks.map(({ sessionId }) => sessionId)
  } catch (error) {
    const [only] = marks
    if (only && marks.length === 1) {
      // Whoever has changed the document knows more. The next sweep looks again.
      logger.info(
        { ...ofSession(only.sessionId), error },
        'A session was not marked, because its document has changed or could not be written.',
      )
      return []
    }
  }
  const written: string[] = []
  for (const one of marks) written.push(...(await write(needed, [one], deadline)))
  return written
}
