import { randomBytes } from 'node:crypto'
import { within } from '@holdfast/core/platform/deadlines'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import type { HealthCheck } from '../health.ts'
import { Refusal } from '../refusal.ts'
import { EventStream, type Write } from './event-stream.ts'
import { EVENT_KINDS, type EventKind, Feed, type Source, type Tell } from './feed.ts'
import { healthSource, runnerSource } from './fleet-sources.ts'
import { QueueSource } from './queue-source.ts'
import { RunnerDocuments } from './runner-documents.ts'
import { SessionSource } from './session-source.ts'
import { alertSource, recoverySource } from './tenant-sources.ts'

interface Needed extends Pick<Dependencies, 'documents' | 'clock' | 'logger' | 'availability' | 'tenants'> {
  readonly health: HealthCheck
  /** A stream ends by itself after this time. */
  readonly endsAfterMs: number
}

interface Shared<Kept> {
  readonly kept: Kept
  users: number
  /** Ends what nobody has used for a moment. */
  cancelEnd: () => void
}

/** A browser whose stream has ended comes back at once, and finds what it had. */
const KEPT_FOR_MS = 5000

/** As long as a request to the database may take. */
const OPENS_WITHIN_MS = 10_000

const MOST_STREAMS = 500

/** One caller that leaves its streams open shuts nobody else out. */
const MOST_STREAMS_OF_A_KEY = 20

/**
 * The live state of things: of each kind and tenant one listener of Firestore for all callers in this process. It begins with the first caller
 * and ends a moment after the last one.
 */
export class EventHub {
  readonly #needed: Needed
  readonly #feeds = new Map<string, Shared<Feed>>()
  #runners: Shared<RunnerDocuments> | null = null
  /** Those that are open, each with its caller's key, and with the sign-in of its browser. */
  readonly #streams = new Map<EventStream, { readonly key: string; readonly signIn: string | undefined }>()
  #order = 0
  /** Another one since the last feed ended: nobody knows what has changed there meanwhile. */
  #era = newEra()
  #isClosed = false

  constructor(needed: Needed) {
    this.#needed = needed
  }

  /** Callers that listen now. */
  get streams(): number {
    return this.#streams.size
  }

  /** What this process follows at the moment. */
  get followed(): readonly string[] {
    return [...this.#feeds.keys()]
  }

  /**
   * Makes a stream of all that a caller may know of.
   *
   * @param lastEventId where an earlier stream of the caller ended; it goes on there if this process still knows
   * @throws HoldfastError `unavailable`, or Refusal `rate-limited`
   */
  async open(
    principal: Principal,
    { kinds, lastEventId, once, changesOnly = false, signIn, again, write }: OpenOptions,
  ): Promise<EventStream> {
    if (this.#isClosed) throw new HoldfastError('unavailable', 'This server is ending.')
    this.#requireRoom(principal)
    const used = this.#namesOf(principal, kinds).map(([name, begin]) => [name, this.#use(name, begin)] as const)
    const release = (): void => {
      for (const [name] of used) this.#release(name)
    }
    const { clock, endsAfterMs } = this.#needed
    const feeds = used.map(([, feed]) => feed)
    const stream = new EventStream({
      principal,
      feeds,
      era: this.#era,
      lastEventId,
      once,
      again,
      write,
      clock,
      endsAfterMs,
      ended: () => {
        this.#streams.delete(stream)
        release()
      },
    })
    this.#streams.set(stream, { key: principal.key, signIn })
    try {
      await within(clock, OPENS_WITHIN_MS, Promise.all(feeds.map(({ opened }) => opened)))
    } catch (cause) {
      stream.end()
      throw new HoldfastError('unavailable', 'The state could not be read.', { cause })
    }
    if (changesOnly) stream.leaveOutState()
    return stream
  }

  /** Ends the streams of a browser that has signed out: other pages of it may still listen. */
  endOf(signIn: string): void {
    for (const [stream, of] of this.#streams) if (of.signIn === signIn) stream.end()
  }

  /** Ends all streams, and what they follow, because the process ends. */
  close(): void {
    this.#isClosed = true
    for (const stream of this.#streams.keys()) stream.end()
    for (const [name, shared] of this.#feeds) this.#end(name, shared)
  }

  #requireRoom({ key }: Principal): void {
    if (this.#streams.size >= MOST_STREAMS)
      throw new Refusal('rate-limited', 'This server has as many listeners as it can have.', 5)
    const ofKey = [...this.#streams.values()].filter((other) => other.key === key).length
    if (ofKey >= MOST_STREAMS_OF_A_KEY)
      throw new Refusal(
        'rate-limited',
        `This API key has ${ofKey} streams of events here, the most that it may have. Close one.`,
        5,
      )
  }

  /** What a caller hears of: names of feeds, and what begins them. */
  #namesOf(principal: Principal, only: readonly EventKind[] = EVENT_KINDS): (readonly [string, (tell: Tell) => Source])[] {
    const { tenant, role, sessions } = principal
    const isOperator = role === 'operator'
    const alertsOf = isOperator ? null : tenant
    const needed = this.#needed
    const kinds: Record<EventKind, readonly [string, (tell: Tell) => Source] | null> = {
      health: ['health', (tell) => healthSource(needed, { check: needed.health, tell })],
      queue: [`queue ${tenant} ${JSON.stringify(sessions)}`, (tell) => new QueueSource(needed, principal, tell)],
      alert: [`alert ${alertsOf ?? '*'}`, (tell) => alertSource(needed, alertsOf, tell)],
      recovery: [`recovery ${tenant}`, (tell) => recoverySource(needed, tenant, tell)],
      runner: isOperator ? ['runner', (tell) => this.#withRunners((runners) => runnerSource(needed, runners, tell))] : null,
      session: [
        `session ${tenant}`,
        (tell) => this.#withRunners((runners) => new SessionSource(needed, { tenant, runners, tell })),
      ],
    }
    return only.map((kind) => kinds[kind]).filter((kind) => kind !== null)
  }

  #use(name: string, begin: (tell: Tell) => Source): Feed {
    const shared = this.#feeds.get(name) ?? { kept: new Feed(begin, () => ++this.#order), users: 0, cancelEnd: () => {} }
    this.#feeds.set(name, shared)
    shared.users++
    shared.cancelEnd()
    // A feed that could not begin serves nobody else.
    shared.kept.opened.catch(() => {
      if (this.#feeds.get(name) === shared) this.#end(name, shared)
    })
    return shared.kept
  }

  #release(name: string): void {
    const shared = this.#feeds.get(name)
    if (!shared || --shared.users > 0) return
    shared.cancelEnd = this.#needed.clock.after(KEPT_FOR_MS, () => this.#end(name, shared), 'keep-alive')
  }

  #end(name: string, shared: Shared<Feed>): void {
    shared.cancelEnd()
    if (this.#feeds.get(name) === shared) this.#feeds.delete(name)
    shared.kept.close()
    this.#era = newEra()
  }

  /** Sessions and runners share the heartbeats. */
  #withRunners(begin: (runners: RunnerDocuments) => Source): Source {
    const shared = (this.#runners ??= { kept: new RunnerDocuments(this.#needed), users: 0, cancelEnd: () => {} })
    shared.users++
    const source = begin(shared.kept)
    return {
      opened: source.opened,
      close: () => {
        source.close()
        if (--shared.users > 0) return
        shared.kept.close()
        if (this.#runners === shared) this.#runners = null
      },
    }
  }
}

interface OpenOptions {
  /** Without it: all kinds. */
  readonly kinds?: readonly EventKind[]
  readonly lastEventId: string | undefined
  /** Ends behind the present state. */
  readonly once: boolean
  /** Leaves the present state out, except what a caller that comes back has missed. */
  readonly changesOnly?: boolean
  /** The cookie by which a browser is the caller. */
  readonly signIn?: string | undefined
  /** Finds the caller anew. Rejects when the key is refused now. */
  readonly again: () => Promise<Principal>
  /** Without it: as GET /api/events has them. */
  readonly write?: Write
}

const newEra = (): string => randomBytes(6).toString('hex')
