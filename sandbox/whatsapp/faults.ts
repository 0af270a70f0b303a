// Faults that a test may order between a client and the service.
import type { StreamErrorOrder } from './farewells.ts'

export const FAULT_KINDS = [
  'drop',
  'stream-error',
  'login-failure',
  'nack',
  'hold-acks',
  'no-acks',
  'no-keys',
  'no-bundles',
  'no-devices',
  'no-participants',
  'no-digest',
  'no-answer',
  'early-success',
  'silence',
  'refuse',
  'deaf',
  'half-deaf',
  'latency',
  'media-status',
  'media-hang',
  'media-slow',
  'media-cut',
  'media-corrupt',
] as const

type FaultKind = (typeof FAULT_KINDS)[number]

export type FaultOrder = StreamErrorOrder & {
  kind: FaultKind
  /** Digits of the phone; without it the fault strikes every account. */
  account?: string | undefined
  /** Attributes of a login failure, beside those of its code. */
  attrs?: Record<string, string> | undefined
  /** With `no-answer`: the tag of the question; without it the fault strikes every question. */
  query?: string | undefined
  /** The number of occasions that pass before the first strike. */
  after?: number | undefined
  /** The number of strikes after which the fault ends. With `deaf` and `half-deaf`: of connections, the present one included. */
  count?: number | undefined
  /** The duration of the fault; for `latency` and `media-slow` it is the delay instead. */
  ms?: number | undefined
}

type Fault = FaultOrder & { id: string; strikesLeft: number; timer?: NodeJS.Timeout; onEnd: (() => void)[] }

/** Faults that strike once, at the present connections. They have no duration. */
const MOMENTARY: ReadonlySet<FaultKind> = new Set(['drop', 'stream-error'])
/** Faults that strike once unless `count` says more. */
const ONCE_BY_DEFAULT: ReadonlySet<FaultKind> = new Set([
  'login-failure',
  'nack',
  'no-acks',
  'no-keys',
  'no-bundles',
  'no-devices',
  'no-participants',
  'no-digest',
  'no-answer',
  'early-success',
  'deaf',
  'half-deaf',
])
/** Faults for which `ms` is a delay and not a duration. */
export const DELAYS: ReadonlySet<FaultKind> = new Set(['latency', 'media-slow'])

const DEFAULT_CODES = { 'login-failure': 503, nack: 479, 'media-status': 404 } as const

/** The fault of one download. */
type MediaFault =
  | { kind: 'media-status'; code: number }
  | { kind: 'media-slow'; ms: number }
  | { kind: 'media-cut' }
  | { kind: 'media-corrupt' }

export class Faults {
  readonly #active = new Set<Fault>()
  readonly #onChange: () => void
  #nextId = 1

  /** `onChange` is called whenever held frames may leave. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  order(order: FaultOrder): string {
    const id = `fault-${this.#nextId++}`
    if (MOMENTARY.has(order.kind)) return id
    const strikesLeft = order.count ?? (ONCE_BY_DEFAULT.has(order.kind) ? 1 : Number.POSITIVE_INFINITY)
    const fault: Fault = { ...order, id, strikesLeft, onEnd: [] }
    if (order.ms !== undefined && !DELAYS.has(order.kind)) fault.timer = setTimeout(() => this.#end(fault), order.ms)
    this.#active.add(fault)
    return id
  }

  clear(): void {
    for (const fault of this.#active) this.#end(fault)
  }

  isSilent(account: string | undefined): boolean {
    return this.#find('silence', account) !== undefined
  }

  takeLatency(account: string | undefined): number {
    return this.#strike('latency', account)?.ms ?? 0
  }

  takeRefusal(account: string | undefined): boolean {
    return this.#strike('refuse', account) !== undefined
  }

  takeLoginFailure(account: string): { code: number; attrs: Record<string, string> } | undefined {
    const fault = this.#strike('login-failure', account)
    return fault && { code: fault.code ?? DEFAULT_CODES['login-failure'], attrs: fault.attrs ?? {} }
  }

  takeNack(account: string): number | undefined {
    const fault = this.#strike('nack', account)
    return fault && (fault.code ?? DEFAULT_CODES.nack)
  }

  takeLostAck(account: string): boolean {
    return this.#strike('no-acks', account) !== undefined
  }

  /** True if a device is gone when its keys are asked for. */
  takeMissingKeys(account: string): boolean {
    return this.#strike('no-keys', account) !== undefined
  }

  /** True if the answer to a question for keys leaves all keys out. */
  takeMissingBundles(account: string): boolean {
    return this.#strike('no-bundles', account) !== undefined
  }

  /** True if the answer to a question for devices names none. */
  takeMissingDevices(account: string): boolean {
    return this.#strike('no-devices', account) !== undefined
  }

  /** True if the answer to a question for a group names no participants. */
  takeMissingParticipants(account: string): boolean {
    return this.#strike('no-participants', account) !== undefined
  }

  /** True if the server claims to have none of the device's keys. */
  takeMissingDigest(account: string): boolean {
    return this.#strike('no-digest', account) !== undefined
  }

  /** True if a client that asks to be linked is greeted as one that is linked. */
  takeEarlySuccess(): boolean {
    return this.#strike('early-success', undefined) !== undefined
  }

  /** What a client that logs in hears from here on: nothing but answers to its questions, or acks as well. */
  takeDeafness(account: string): 'deaf' | 'half-deaf' | undefined {
    if (this.#strike('deaf', account)) return 'deaf'
    return this.#strike('half-deaf', account) ? 'half-deaf' : undefined
  }

  /** True if this question gets no answer and has no effect. */
  takeUnanswered(account: string, query: string): boolean {
    return this.#strike('no-answer', account, query) !== undefined
  }

  /** True if the ack is held; `release` is called when the fault ends. */
  holdAck(account: string, release: () => void): boolean {
    return this.#hold('hold-acks', account, release)
  }

  /** True if the answer to a download is held; `release` is called when the fault ends. */
  holdMedia(account: string, release: () => void): boolean {
    return this.#hold('media-hang', account, release)
  }

  takeMediaFault(account: string): MediaFault | undefined {
    const status = this.#strike('media-status', account)
    if (status) return { kind: 'media-status', code: status.code ?? DEFAULT_CODES['media-status'] }
    if (this.#strike('media-cut', account)) return { kind: 'media-cut' }
    if (this.#strike('media-corrupt', account)) return { kind: 'media-corrupt' }
    const slow = this.#strike('media-slow', account)
    return slow && { kind: 'media-slow', ms: slow.ms ?? 0 }
  }

  #hold(kind: FaultKind, account: string, release: () => void): boolean {
    const fault = this.#find(kind, account)
    if (!fault || fault.strikesLeft <= fault.onEnd.length) return false
    fault.onEnd.push(release)
    return true
  }

  /** Matches faults to a connection. One without an account strikes all; a connection that is not logged in meets only those. */
  #find(kind: FaultKind, account: string | undefined, query?: string): Fault | undefined {
    for (const fault of this.#active) {
      if (fault.query !== undefined && fault.query !== query) continue
      if (fault.kind === kind && (fault.account === undefined || fault.account === account)) return fault
    }
    return undefined
  }

  #strike(kind: FaultKind, account: string | undefined, query?: string): Fault | undefined {
    const fault = this.#find(kind, account, query)
    if (fault?.after) return void fault.after--
    if (fault && --fault.strikesLeft <= 0) this.#end(fault)
    return fault
  }

  #end(fault: Fault): void {
    clearTimeout(fault.timer)
    this.#active.delete(fault)
    for (const release of fault.onEnd) release()
    this.#onChange()
  }
}
