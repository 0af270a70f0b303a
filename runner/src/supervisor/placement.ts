import { RUNNERS, runnerDocumentSchema, runnerPath, type RunnerDocument } from '@holdfast/core/operations/runner-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { SESSIONS } from '@holdfast/core/session/session-document'
import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock, DocumentCounter, DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import type { Move } from '../session/events/session-event.ts'
import { leavesToOthers } from './moves.ts'
import { Orphans } from './orphans.ts'
import { rankOf } from './ranks.ts'
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

/** A runner on the list. */
export interface RunnerSeen {
  readonly id: string
  readonly createdAtMicros: number
  /** Since its last heartbeat, by Firestore's times. */
  readonly silentForMs: number
  readonly document: RunnerDocument
  readonly isDead: boolean
  /** For a dead runner: whether the next process of its container or slot may still come and read its document. */
  readonly isKept: boolean
}

/** How old the list of a large fleet may be while nothing calls for a look at all runners: so long for each runner, and the limit. */
const LIST_AGE_PER_RUNNER_MS = 1000
const LONGEST_LIST_AGE_MS = 60_000

/** Runners that a look reads: one may be this one. */
const SILENT_LOOKED_AT = 2

/** Platforms restart a container after seconds, or after minutes when restarts failed. */
const KEPT_FOR_MS = 10 * 60_000

/**
 * Finds sessions that are wanted online and have no live owner. A look reads the runner that has been silent for longest, and reads all
 * runners only when that one is dead, when a session has no owner, or when the list is old: else each runner would read all others
 * each second.
 */
export class Placement {
  readonly #documents: DocumentStore
  readonly #logger: Logger
  readonly #runnerId: string
  readonly #instanceId: string | null
  readonly #onAlone: (isAlone: boolean) => void
  readonly #clock: Clock
  readonly #orphans: Orphans
  /** Who goes first, as of the last look. */
  #order: Order = { waits: false, peers: [] }
  #nextDeathMs = Number.POSITIVE_INFINITY
  /** Dead runners without sessions whose next process may still come. */
  readonly #emptyDead = new Set<string>()
  /** The list of runners at the last look, and when that was, ms. */
  #list: { readonly runners: readonly RunnerSeen[]; readonly atMs: number } | null = null

  constructor(options: {
    documents: DocumentStore & DocumentCounter
    logger: Logger
    runnerId: string
    instanceId: string | null
    /** Called at each look with whether no other runner is alive. A full runner does not look and counts as one of several. */
    onAlone: (isAlone: boolean) => void
    clock: Clock
  }) {
    this.#documents = options.documents
    this.#logger = options.logger
    this.#runnerId = options.runnerId
    this.#instanceId = options.instanceId
    this.#onAlone = options.onAlone
    this.#clock = options.clock
    this.#orphans = new Orphans(options)
  }

  /** Looks for at most `limit` candidates, without those in `leftOut`. */
  async look(limit: number, leftOut: ReadonlySet<string> = new Set()): Promise<Candidate[]> {
    if (limit <= 0) {
      this.#nextDeathMs = Number.POSITIVE_INFINITY
      this.#onAlone(false)
      return []
    }
    const candidates = await this.#find(limit + leftOut.size)
    return candidates.filter(({ sessionId }) => !leftOut.has(sessionId)).slice(0, limit)
  }

  /** All runners, by a list that is at most so old. A full runner does not look, and asks anew. */
  async fleet(ageMs: number): Promise<readonly RunnerSeen[]> {
    const list = this.#list
    return list && this.#clock.monotonic() - list.atMs <= ageMs ? list.runners : this.#runners()
  }

  /** All runners, by a list that is as old as it may be while nothing calls for a new one. */
  async fleetLately(): Promise<readonly RunnerSeen[]> {
    return this.fleet(this.#longestAgeMs)
  }

  /** Another runner at work that holds no session. Null if there is none. */
  async idleRunner(): Promise<string | null> {
    const runners = await this.#runners()
    const own = runners.find(({ id }) => id === this.#runnerId)
    const idle = runners.find(
      ({ id, isDead, document: { state, workingSince, capacity, revision, sessions } }) =>
        id !== this.#runnerId &&
        !isDead &&
        state === 'active' &&
        workingSince !== null &&
        capacity > 0 &&
        revision === own?.document.revision &&
        Object.keys(sessions).length === 0,
    )
    return idle?.id ?? null
  }

  /** Time from the last look until the next silent runner counts as dead, ms. Infinity when this runner looked for nothing. */
  get nextDeathMs(): number {
    return this.#nextDeathMs
  }

  /** This runner's turn for a session that it heard of elsewhere. */
  turnOf(sessionId: string): Turn {
    return { rank: rankOf(sessionId, this.#runnerId, this.#order.peers), waits: this.#order.waits }
  }

  /** Whether another live runner has room for a session, by a look at all runners. */
  async hasRoomElsewhere(): Promise<boolean> {
    return othersWithRoom(await this.#runners(), this.#runnerId).size > 0
  }

  async #find(limit: number): Promise<Candidate[]> {
    const [unowned, { front, isWhole }] = await Promise.all([this.#unowned(limit), this.#mostSilent()])
    const known = this.#list?.runners
    const runners = isWhole ? this.#keep(front) : await this.#runnersFor(unowned.length > 0, front)
    this.#nextDeathMs = Math.min(
      ...this.#othersAlive(front).map(({ document, silentForMs }) => document.deadAfterMs - silentForMs),
    )
    this.#order = orderOf(this.#runnerId, runners.map(revisionRunner))
    this.#onAlone(this.#othersAlive(runners).length === 0)
    const found: { sessionId: string; deadOwner: string | null }[] = []
    const others = othersWithRoom(runners, this.#runnerId)
    const meant = new Set<string>()
    for (const { sessionId, move, releasedForMs } of unowned) {
      if (leavesToOthers(move, this.#runnerId, others, releasedForMs)) continue
      if (move?.to === this.#runnerId) meant.add(sessionId)
      found.push({ sessionId, deadOwner: null })
    }
    // By an old list a runner may count as dead that has woken up since.
    if (runners !== known) found.push(...(await this.#ofDead(runners, limit - found.length)))
    const mine = found.slice(0, limit).map(({ sessionId, deadOwner }) => {
      // Everybody else leaves it to this runner.
      const turn = meant.has(sessionId) ? { rank: 0, waits: false } : this.turnOf(sessionId)
      return { sessionId, deadOwner, ...turn }
    })
    if (mine.length >= limit) return mine
    const rivals = this.#order.peers.filter((id) => others.has(id))
    const orphans = await this.#orphans.look({ known: runners.map(({ id }) => id), rivals }, limit - mine.length)
    // Nobody else looks for them now.
    return [...mine, ...orphans.map((orphan) => ({ ...orphan, rank: 0, waits: this.#order.waits }))].slice(0, limit)
  }

  /** At most `limit` sessions of dead runners. Notes the runners that have none, and clears those away that nobody comes back for. */
  async #ofDead(runners: readonly RunnerSeen[], limit: number): Promise<{ sessionId: string; deadOwner: string }[]> {
    const found: { sessionId: string; deadOwner: string }[] = []
    const listed = new Set(runners.map(({ id }) => id))
    for (const id of this.#emptyDead) if (!listed.has(id)) this.#emptyDead.delete(id)
    for (const dead of runners.filter(({ isDead }) => isDead)) {
      if (found.length >= limit) break
      const sessions = await this.#ownedBy(dead.id, limit - found.length)
      for (const sessionId of sessions) found.push({ sessionId, deadOwner: dead.id })
      if (sessions.length > 0) this.#emptyDead.delete(dead.id)
      else if (dead.isKept) this.#emptyDead.add(dead.id)
      else await this.#clearAway(dead.id)
    }
    return found
  }

  get #longestAgeMs(): number {
    return Math.min((this.#list?.runners.length ?? 0) * LIST_AGE_PER_RUNNER_MS, LONGEST_LIST_AGE_MS)
  }

  #othersAlive(runners: readonly RunnerSeen[]): RunnerSeen[] {
    return runners.filter(({ id, isDead }) => !isDead && id !== this.#runnerId)
  }

  /** The runners that have been silent for longest, which are the first ones to be dead. `isWhole`: there are no others. */
  async #mostSilent(): Promise<{ front: RunnerSeen[]; isWhole: boolean }> {
    const limit = SILENT_LOOKED_AT + this.#emptyDead.size
    const front = await this.#documents.query({ collection: RUNNERS, orderBy: ['heartbeatAt', 'asc'], limit })
    return { front: this.#read(front), isWhole: front.length < limit }
  }

  /** The last list of all runners, or a new one when something calls for it. */
  async #runnersFor(isNeeded: boolean, front: readonly RunnerSeen[]): Promise<readonly RunnerSeen[]> {
    const list = this.#list
    if (!list || isNeeded) return this.#runners()
    const isNew = ({ id, isDead }: RunnerSeen): boolean =>
      (isDead && !this.#emptyDead.has(id)) || !list.runners.some((known) => known.id === id)
    const isOld = this.#clock.monotonic() - list.atMs > this.#longestAgeMs
    return isOld || front.some(isNew) ? this.#runners() : list.runners
  }

  async #runners(): Promise<RunnerSeen[]> {
    return this.#keep(this.#read(await this.#documents.query({ collection: RUNNERS })))
  }

  #keep(runners: RunnerSeen[]): RunnerSeen[] {
    this.#list = { runners, atMs: this.#clock.monotonic() }
    return runners
  }

  #read(snapshots: readonly DocumentSnapshot[]): RunnerSeen[] {
    const hasSuccessor = (slot: number, { createdAtMicros }: DocumentSnapshot): boolean =>
      snapshots.some((other) => other.fields['slot'] === slot && other.createdAtMicros > createdAtMicros)
    return snapshots.flatMap((snapshot) => {
      try {
        const document = parseStored(runnerDocumentSchema, snapshot.fields, snapshot.path)
        const isPredecessor = this.#isPredecessor(document)
        const isDead = snapshot.id !== this.#runnerId && (snapshot.silentForMs > document.deadAfterMs || isPredecessor)
        const { instanceId, slot = null } = document
        const mayHaveSuccessor = instanceId === null ? slot !== null && !hasSuccessor(slot, snapshot) : !isPredecessor
        const { id, createdAtMicros, silentForMs } = snapshot
        const isKept = mayHaveSuccessor && silentForMs < KEPT_FOR_MS
        return [{ id, createdAtMicros, silentForMs, document, isDead, isKept }]
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

  async #unowned(limit: number) {
    const where = [
      ['wanted', '==', 'online'],
      ['runnerId', '==', null],
    ] as const
    const snapshots = await this.#documents.query({ collection: SESSIONS, where, limit, select: ['runnerId', 'movesTo'] })
    return snapshots.map(({ id, fields, silentForMs }) => ({
      sessionId: id,
      move: (fields['movesTo'] ?? null) as Move | null,
      releasedForMs: silentForMs,
    }))
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
}

function othersWithRoom(runners: readonly RunnerSeen[], own: string): Set<string> {
  const others = new Set(runners.map(revisionRunner).flatMap(({ id, isAlive, hasRoom }) => (isAlive && hasRoom ? id : [])))
  others.delete(own)
  return others
}

function revisionRunner({ id, createdAtMicros, document, isDead }: RunnerSeen): RevisionRunner {
  const { revision = '', state, workingSince, capacity, sessions } = document
  // Runners of an earlier version do not say since when they work.
  const isAtWork = state === 'active' && workingSince !== null
  const hasRoom = isAtWork && Object.keys(sessions).length < capacity
  return { id, revision, createdAtMicros, isAlive: !isDead, hasRoom }
}
