import { createHash } from 'node:crypto'
import { RUNNERS, runnerDocumentSchema, runnerPath, type RunnerDocument } from '@holdfast/core/operations/runner-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { SESSIONS } from '@holdfast/core/session/session-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'

/** A session that this runner may try to take over, and which silent owner justifies it. */
export interface Candidate {
  readonly sessionId: string
  /** Null when nobody owns it. */
  readonly deadOwner: string | null
  /** 0 tries at once, the next ones a little later each, so that not everybody tries at the same time. */
  readonly rank: number
}

interface RunnerSeen {
  readonly id: string
  readonly document: RunnerDocument
  readonly isDead: boolean
  /** Of a dead one: whether the next process of its container may still come and read how long it lived. */
  readonly isKept: boolean
}

/** A platform starts a container again after seconds, or after minutes when that has failed a few times. */
const KEPT_FOR_MS = 10 * 60_000

/** Rounds between two looks at all wanted sessions. */
const ORPHAN_ROUNDS = 30

/** Finds the sessions that are wanted and that nobody alive owns. */
export class Placement {
  readonly #documents: DocumentStore
  readonly #logger: Logger
  readonly #runnerId: string
  readonly #instanceId: string | null
  readonly #onAlone: (isAlone: boolean) => void
  #round = 0
  /** As of the last look. */
  #alive: readonly string[] = []

  constructor(options: {
    documents: DocumentStore
    logger: Logger
    runnerId: string
    instanceId: string | null
    /** Told at each look whether no other runner is alive. One that is full does not look, and is taken for one of several. */
    onAlone: (isAlone: boolean) => void
  }) {
    this.#documents = options.documents
    this.#logger = options.logger
    this.#runnerId = options.runnerId
    this.#instanceId = options.instanceId
    this.#onAlone = options.onAlone
  }

  /** At most `limit` candidates, none of those to be left out. */
  async look(limit: number, leftOut: ReadonlySet<string> = new Set()): Promise<Candidate[]> {
    if (limit <= 0) {
      this.#onAlone(false)
      return []
    }
    const candidates = await this.#find(limit + leftOut.size)
    return candidates.filter(({ sessionId }) => !leftOut.has(sessionId)).slice(0, limit)
  }

  /** How late this runner is to try a session that it heard of elsewhere. */
  rankOf(sessionId: string): number {
    return rankOf(sessionId, this.#runnerId, this.#alive)
  }

  async #find(limit: number): Promise<Candidate[]> {
    const runners = await this.#runners()
    this.#alive = runners.filter(({ isDead }) => !isDead).map(({ id }) => id)
    this.#onAlone(this.#alive.every((id) => id === this.#runnerId))
    const found: { sessionId: string; deadOwner: string | null }[] = []
    for (const sessionId of await this.#unowned(limit)) found.push({ sessionId, deadOwner: null })
    for (const dead of runners.filter(({ isDead }) => isDead)) {
      if (found.length >= limit) break
      const sessions = await this.#ownedBy(dead.id, limit - found.length)
      for (const sessionId of sessions) found.push({ sessionId, deadOwner: dead.id })
      if (sessions.length === 0 && !dead.isKept) await this.#clearAway(dead.id)
    }
    if (this.#round++ % ORPHAN_ROUNDS === 0) found.push(...(await this.#orphans(runners)))
    return found.slice(0, limit).map(({ sessionId, deadOwner }) => ({ sessionId, deadOwner, rank: this.rankOf(sessionId) }))
  }

  async #runners(): Promise<RunnerSeen[]> {
    const snapshots = await this.#documents.query({ collection: RUNNERS })
    return snapshots.flatMap((snapshot) => {
      try {
        const document = parseStored(runnerDocumentSchema, snapshot.fields, snapshot.path)
        const isPredecessor = this.#isPredecessor(document)
        const isDead = snapshot.id !== this.#runnerId && (snapshot.silentForMs > document.deadAfterMs || isPredecessor)
        const isKept = document.instanceId !== null && !isPredecessor && snapshot.silentForMs < KEPT_FOR_MS
        return [{ id: snapshot.id, document, isDead, isKept }]
      } catch (error) {
        this.#logger.warn({ error, runner: snapshot.id }, 'A runner has an unexpected shape and is left alone.')
        return []
      }
    })
  }

  /** A container runs one process at a time: an earlier one of our own container is dead for certain. */
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

  /** Nothing refers to it any more. */
  async #clearAway(runnerId: string): Promise<void> {
    await this.#documents.commit([{ kind: 'delete', path: runnerPath(runnerId) }])
  }

  /** Sessions that the queries above cannot find: made by hand without the field, or whose owner was cleared away. */
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
      // One that is not on the list may have started since the list was read.
      else if (!known.has(owner) && !(await this.#documents.read(runnerPath(owner))))
        found.push({ sessionId: id, deadOwner: owner })
    }
    return found
  }
}

/** Rendezvous hashing: every runner orders all the same way, without asking anybody. */
function rankOf(sessionId: string, runnerId: string, alive: readonly string[]): number {
  const weight = (id: string): string => createHash('sha256').update(`${sessionId}/${id}`).digest('hex')
  const mine = weight(runnerId)
  return alive.filter((id) => id !== runnerId && weight(id) > mine).length
}
