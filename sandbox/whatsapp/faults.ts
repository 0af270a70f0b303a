// What a test may do to the connection between a client and the service.
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
  'no-answer',
  'silence',
  'refuse',
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
  /** Phone digits; without it the fault is for every account. */
  account?: string | undefined
  /** Attributes that a login failure comes with, besides those that belong to its code. */
  attrs?: Record<string, string> | undefined
  /** With `no-answer`: the tag of the question; without it every question is meant. */
  query?: string | undefined
  /** Ends the fault after so many strikes. */
  count?: number | undefined
  /** Ends the fault after so long; for `latency` and `media-slow` it is the delay instead. */
  ms?: number | undefined
}

type Fault = FaultOrder & { id: string; strikesLeft: number; timer?: NodeJS.Timeout; onEnd: (() => void)[] }

/** These strike once where they are ordered, at what is connected now; they have no duration. */
const MOMENTARY: ReadonlySet<FaultKind> = new Set(['drop', 'stream-error'])
/** These would make no sense for ever: without `count` they strike once. */
const ONCE_BY_DEFAULT: ReadonlySet<FaultKind> = new Set([
  'login-failure',
  'nack',
  'no-acks',
  'no-keys',
  'no-bundles',
  'no-devices',
  'no-answer',
])
/** With these `ms` says how long something takes, not how long the fault lasts. */
export const DELAYS: ReadonlySet<FaultKind> = new Set(['latency', 'media-slow'])

const DEFAULT_CODES = { 'login-failure': 503, nack: 479, 'media-status': 404 } as const

/** What befalls one download. */
type MediaFault =
  | { kind: 'media-status'; code: number }
  | { kind: 'media-slow'; ms: number }
  | { kind: 'media-cut' }
  | { kind: 'media-corrupt' }

export class Faults {
  readonly #active = new Set<Fault>()
  readonly #onChange: () => void
  #nextId = 1

  /** `onChange` is called whenever frames that were held back may go. */
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

  /** True if an answer to who asks for keys leaves all of them out. */
  takeMissingBundles(account: string): boolean {
    return this.#strike('no-bundles', account) !== undefined
  }

  /** True if an answer to who asks for devices names none, of nobody. */
  takeMissingDevices(account: string): boolean {
    return this.#strike('no-devices', account) !== undefined
  }

  /** True if this question stays without an answer, and without an effect. */
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

  /** A fault without an account is for everybody; a connection without an account (not logged in) is met by those alone. */
  #find(kind: FaultKind, account: string | undefined, query?: string): Fault | undefined {
    for (const fault of this.#active) {
      if (fault.query !== undefined && fault.query !== query) continue
      if (fault.kind === kind && (fault.account === undefined || fault.account === account)) return fault
    }
    return undefined
  }

  #strike(kind: FaultKind, account: string | undefined, query?: string): Fault | undefined {
    const fault = this.#find(kind, account, query)
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
