import { createHash } from 'node:crypto'
import { RUNNERS, runnerDocumentSchema, runnerPath, type RunnerDocument } from '@holdfast/core/operations/runner-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { SESSIONS } from '@holdfast/core/session/session-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { type Order, orderOf, type RevisionRunner } from './revisions.ts'

/** A session that this runner may try to take over, with the dead owner that justifies it. */
export interface Candidate {
  readonly sessionId: string
  /** Null when the session has no owner. */
  readonly deadOwner: string | null
  /** 0 tries at once, each next rank a little later, so that the runners do not try at the same time. */
  readonly rank: number
  /** Whether runners of a newer revision go first. */
  readonly waits: boolean
}

/** The turn of this runner in taking a session. */
export type Turn = Pick<Candidate, 'rank' | 'waits'>

interface RunnerSeen {
  readonly id: string
  readonly createdAtMicros: number
  readonly document: RunnerDocument
  readonly isDead: boolean
  /** For a dead runner: whether the next process of its container may still come and read its document. */
  readonly isKept: boolean
}

/** Platforms restart a container after seconds, or after minutes when restarts failed. */
const KEPT_FOR_MS = 10 * 60_000

/** Rounds between two looks at all sessions that are wanted online. */
const ORPHAN_ROUNDS = 30

/** Finds sessions that are wanted online and have no live owner. */
export class Placement {
  readonly #documents: DocumentStore
  readonly #logger: Logger
  readonly #runnerId: string
  readonly #instanceId: string | null
  readonly #onAlone: (isAlone: boolean) => void
  #round = 0
  /** Who goes first, as of the last look. */
  #order: Order = { waits: false, peers: [] }

  constructor(options: {
    documents: DocumentStore
    logger: Logger
    runnerId: string
    instanceId: string | null
    /** Called at each look with whether no other runner is alive. A full runner does not look and counts as one of several. */
    onAlone: (isAlone: boolean) => void
  }) {
    this.#documents = options.documents
    this.#logger = options.logger
    this.#runnerId = options.runnerId
    this.#instanceId = options.instanceId
    this.#onAlone = options.onAlone
  }

  /** Looks for at most `limit` candidates, without those in `leftOut`. */
  async look(limit: number, leftOut: ReadonlySet<string> = new Set()): Promise<Candidate[]> {
    if (limit <= 0) {
      this.#onAlone(false)
      return []
    }
    const candidates = await this.#find(limit + leftOut.size)
    return candidates.filter(({ sessionId }) => !leftOut.has(sessionId)).slice(0, limit)
  }

  /** This runner's turn for a session that it heard of elsewhere. */
  turnOf(sessionId: string): Turn {
    return { rank: rankOf(sessionId, this.#runnerId, this.#order.peers), waits: this.#order.waits }
  }

  async #find(limit: number): Promise<Candidate[]> {
    const runners = await this.#runners()
    this.#order = orderOf(this.#runnerId, runners.map(revisionRunner))
    this.#onAlone(runners.every(({ id, isDead }) => isDead || id === this.#runnerId))
    const found: { sessionId: string; deadOwner: string | null }[] = []
    for (const sessionId of await this.#unowned(limit)) found.push({ sessionId, deadOwner: null })
    for (const dead of runners.filter(({ isDead }) => isDead)) {
      if (found.length >= limit) break
      const sessions = await this.#ownedBy(dead.id, limit - found.length)
      for (const sessionId of sessions) found.push({ sessionId, deadOwner: dead.id })
      if (sessions.length === 0 && !dead.isKept) await this.#clearAway(dead.id)
    }
    if (this.#round++ % ORPHAN_ROUNDS === 0) found.push(...(await this.#orphans(runners)))
    return found.slice(0, limit).map(({ sessionId, deadOwner }) => ({ sessionId, deadOwner, ...this.turnOf(sessionId) }))
  }

  async #runners(): Promise<RunnerSeen[]> {
    const snapshots = await this.#documents.query({ collection: RUNNERS })
    return snapshots.flatMap((snapshot) => {
      try {
        const document = parseStored(runnerDocumentSchema, snapshot.fields, snapshot.path)
        const isPredecessor = this.#isPredecessor(document)
        const isDead = snapshot.id !== this.#runnerId && (snapshot.silentForMs > document.deadAfterMs || isPredecessor)
        const isKept = document.instanceId !== null && !isPredecessor && snapshot.silentForMs < KEPT_FOR_MS
        return [{ id: snapshot.id, createdAtMicros: snapshot.createdAtMicros, document, isDead, isKept }]
      } catch (error) {
        this.#logger.warn({ error, runner: snapshot.id }, 'The document of a runner has an unexpected shape and is ignored.')
        return []
      }
    })
  }

  /** Whether a runner was an earlier process of this container. It is dead for certain: a container runs one process at a time. */
  #isPredecessor(document: RunnerDocument): boolean {
    return this.#instanceId !== null && document.instanceId === this.#instanceId
  }

  async #unowned(limit: number): Promise<string[]> {
    const where = [
      ['wanted', '==', 'online'],
      ['runnerId', '==', null],
    ] as const
    const snapshots = await this.#documents.query({ collection: SESSIONS, where, limit, select: ['runnerId'] })
    return snapshots.map(({ id }) => id)
  }

  async #ownedBy(runnerId: string, limit: number): Promise<string[]> {
    const where = [['runnerId', '==', runnerId]] as const
    const snapshots = await this.#documents.query({ collection: SESSIONS, where, limit, select: ['runnerId'] })
    return snapshots.map(({ id }) => id)
  }

  /** Removes the document of a dead runner that has no sessions any more. */
  async #clearAway(runnerId: string): Promise<void> {
    await this.#documents.commit([{ kind: 'delete', path: runnerPath(runnerId) }])
  }

  /** Finds sessions that the queries above miss: made by hand without the field, or with an owner whose document was removed. */
  async #orphans(runners: readonly RunnerSeen[]): Promise<{ sessionId: string; deadOwner: string | null }[]> {
    const known = new Set(runners.map(({ id }) => id))
    const sessions = await this.#documents.query({
      collection: SESSIONS,
      where: [['wanted', '==', 'online']],
      select: ['runnerId'],
    })
    const found: { sessionId: string; deadOwner: string | null }[] = []
    for (const { id, fields } of sessions) {
      const owner = fields['runnerId']
      if (typeof owner !== 'string') found.push({ sessionId: id, deadOwner: null })
      // An owner that is not on the list may have started after the list was read.
      else if (!known.has(owner) && !(await this.#documents.read(runnerPath(owner))))
        found.push({ sessionId: id, deadOwner: owner })
    }
    return found
  }
}

function revisionRunner({ id, createdAtMicros, document, isDead }: RunnerSeen): RevisionRunner {
  const { revision = '', state, workingSince, capacity, sessions } = document
  // Runners of an earlier version do not say since when they work.
  const isAtWork = state === 'active' && workingSince !== null
  const hasRoom = isAtWork && Object.keys(sessions).length < capacity
  return { id, revision, createdAtMicros, isAlive: !isDead, hasRoom }
}

/** Rendezvous hashing: all runners compute the same order without talking to each other. */
function rankOf(sessionId: string, runnerId: string, alive: readonly string[]): number {
  const weight = (id: string): string => createHash('sha256').update(`${sessionId}/${id}`).digest('hex')
  const mine = weight(runnerId)
  return alive.filter((id) => id !== runnerId && weight(id) > mine).length
}
