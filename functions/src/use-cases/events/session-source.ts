import { sessionNameOf } from '@holdfast/core/session/ids'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { SESSIONS } from '@holdfast/core/session/session-document'
import { knowsSession } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { isRemoved } from '../find-session.ts'
import type { SessionAnswer } from '../session-answer.ts'
import { shownSession } from '../shown-session.ts'
import { answerOf, createdAt } from '../show-sessions.ts'
import type { Source, Tell } from './feed.ts'
import type { RunnerDocuments } from './runner-documents.ts'
import { watch } from './watch.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger' | 'availability'>

/** Counters of a session that is busy are told so often at most. */
const FIGURES_EVERY_MS = 5000

/** For so long after a change of a session, each heartbeat of its owner may change how it is shown. */
const UNSETTLED_MS = 30_000

const AVAILABILITY_EVERY_MS = 30_000

interface Known {
  readonly snapshot: DocumentSnapshot
  /** When its document changed last, by the monotonic clock. */
  readonly changedAt: number
  /** What was told: all that matters at once, and the figures. */
  told?: { readonly steady: string; readonly figures: string; readonly at: number }
  /** The part of the owner's heartbeat that was looked at. */
  looked?: string
}

/** Tells of the sessions of a tenant, as GET /api/sessions lists them for readers. */
export class SessionSource implements Source {
  readonly opened: Promise<void>
  readonly #dependencies: Needed
  readonly #tenant: string
  readonly #runners: RunnerDocuments
  readonly #tell: Tell
  readonly #known = new Map<string, Known>()
  readonly #byRunner = new Map<string, Set<string>>()
  readonly #hearRunner = (runnerId: string): void => this.#heartbeat(runnerId)
  readonly #ends: (() => void)[] = []
  #isClosed = false
  #availabilityOf: (sessionId: string, createdAt: Date | null) => number | null = () => null

  constructor(dependencies: Needed, { tenant, runners, tell }: { tenant: string; runners: RunnerDocuments; tell: Tell }) {
    this.#dependencies = dependencies
    this.#tenant = tenant
    this.#runners = runners
    this.#tell = tell
    this.#ends.push(dependencies.clock.every(AVAILABILITY_EVERY_MS, () => void this.#readAvailability(), 'keep-alive'))
    this.opened = this.#begin()
  }

  close(): void {
    this.#isClosed = true
    for (const end of this.#ends.splice(0)) end()
    this.#runners.hearers.delete(this.#hearRunner)
  }

  async #begin(): Promise<void> {
    // First the owners, so that no session is shown as if it had none.
    await Promise.all([this.#runners.opened, this.#readAvailability()])
    if (this.#isClosed) return
    this.#runners.hearers.add(this.#hearRunner)
    const source = watch(this.#dependencies, {
      query: { collection: SESSIONS, where: [['tenant', '==', this.#tenant]] },
      changed: (snapshot) => this.#changed(snapshot),
      removed: (id) => this.#removed(id),
    })
    this.#ends.push(() => source.close())
    await source.opened
  }

  async #readAvailability(): Promise<void> {
    this.#availabilityOf = await this.#dependencies.availability.thisMonth()
  }

  #changed(snapshot: DocumentSnapshot): void {
    const before = this.#known.get(snapshot.id)
    if (isRemoved(snapshot)) return this.#removed(snapshot.id)
    this.#forgetOwner(before)
    const known: Known = {
      snapshot,
      changedAt: this.#dependencies.clock.monotonic(),
      ...(before?.told ? { told: before.told } : {}),
    }
    this.#known.set(snapshot.id, known)
    const owner = ownerOf(snapshot)
    if (owner !== null) this.#byRunner.set(owner, (this.#byRunner.get(owner) ?? new Set()).add(snapshot.id))
    this.#show(known)
  }

  #removed(id: string): void {
    const known = this.#known.get(id)
    if (!known) return
    this.#forgetOwner(known)
    this.#known.delete(id)
    this.#say(id, { name: sessionNameOf(id), gone: true })
  }

  #forgetOwner(known: Known | undefined): void {
    const owner = known && ownerOf(known.snapshot)
    const owned = owner ? this.#byRunner.get(owner) : undefined
    if (!known || !owner || !owned) return
    owned.delete(known.snapshot.id)
    if (owned.size === 0) this.#byRunner.delete(owner)
  }

  #heartbeat(runnerId: string): void {
    const heartbeat = this.#runners.of(runnerId)
    const now = this.#dependencies.clock.monotonic()
    for (const id of this.#byRunner.get(runnerId) ?? []) {
      const known = this.#known.get(id)
      if (!known) continue
      const seen = partOf(heartbeat, id)
      const isSettled = now - known.changedAt > UNSETTLED_MS && seen === known.looked
      known.looked = seen
      // A runner that fell silent has sent nothing new.
      if (!isSettled || isSilent(heartbeat)) this.#show(known)
    }
  }

  #show(known: Known): void {
    const { clock, logger } = this.#dependencies
    const { snapshot } = known
    const owner = ownerOf(snapshot)
    const answer = answerOf(logger, snapshot, owner === null ? null : this.#runners.of(owner))
    const { steady, figures } = fingerprints(answer)
    const now = clock.monotonic()
    const { told } = known
    const isBusy = told !== undefined && (figures === told.figures || now - told.at < FIGURES_EVERY_MS)
    if (told && steady === told.steady && isBusy) return
    known.told = { steady, figures, at: now }
    const availability = this.#availabilityOf(snapshot.id, createdAt(snapshot))
    this.#say(snapshot.id, shownSession({ ...answer, availability }))
  }

  #say(id: string, data: ReturnType<typeof shownSession> | { name: string; gone: true }): void {
    this.#tell({ kind: 'session', id: `session ${id}`, data, isFor: (principal) => knowsSession(principal, id) })
  }
}

function ownerOf({ fields }: DocumentSnapshot): string | null {
  return typeof fields['runnerId'] === 'string' ? fields['runnerId'] : null
}

/** What a heartbeat says of a session. Proofs of life change with each one, and matter to nobody who looks at a list. */
function partOf(heartbeat: DocumentSnapshot | null, sessionId: string): string {
  const sessions = heartbeat?.fields['sessions'] as Readonly<Record<string, object>> | undefined
  const { lastProofOfLifeAt: _, ...part } = { lastProofOfLifeAt: null, ...sessions?.[sessionId] }
  return JSON.stringify([heartbeat?.fields['state'], part])
}

const isSilent = (heartbeat: DocumentSnapshot | null): boolean =>
  heartbeat === null || heartbeat.silentForMs > Number(heartbeat.fields['deadAfterMs'])

/** Times that move while nothing happens are in neither. */
function fingerprints(answer: SessionAnswer): { readonly steady: string; readonly figures: string } {
  const { counters, lastInboundAt, lastProofOfLifeAt: _, availability: __, ...steady } = answer
  return { steady: JSON.stringify(steady), figures: JSON.stringify([counters, lastInboundAt]) }
}
