// Violations: acts of no honest client. The real service would answer them with lost messages; the simulator records them.
import { createHash } from 'node:crypto'
import type { Happenings } from './happenings.ts'

type ViolationKind =
  | 'ratchet-reuse'
  | 'sender-key-reuse'
  | 'prekey-reuse'
  | 'undecryptable'
  | 'receipt-unknown'
  | 'registered-while-linked'
  | 'spoke-after-replaced'
  | 'nack'
  | 'login-with-wrong-key'
  | 'bad-signature'
  | 'broken-frame'
  | 'message-id-reuse'
  | 'bad-app-state'
  | 'bad-content'
  | 'simulator-fault'

type Violation = { kind: ViolationKind; detail: string; at: number }

export class Violations {
  readonly list: Violation[] = []
  readonly #happenings: Happenings

  constructor(happenings: Happenings) {
    this.#happenings = happenings
  }

  record(kind: ViolationKind, detail: string): void {
    this.list.push({ kind, detail, at: Date.now() })
    this.#happenings.tell('violation', { kind, detail })
  }
}

const fingerprint = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64').slice(0, 20)

export type KeyUse = 'new' | 'same-bytes' | 'reused'

/** Remembers every used key of a device's sending chains, and its ciphertext. */
export class KeyUseGuard {
  readonly #used = new Map<string, { ciphertext: string; id: string }>()

  /** Checks a ciphertext. A resent frame (`same-bytes`) is harmless: no key is used for two plaintexts. */
  use(chain: string, counter: number, ciphertext: Uint8Array, id: string): { use: KeyUse; detail: string } {
    const position = `${chain}|${counter}`
    const print = fingerprint(ciphertext)
    const earlier = this.#used.get(position)
    if (!earlier) this.#used.set(position, { ciphertext: print, id })
    const use = !earlier ? 'new' : earlier.ciphertext === print ? 'same-bytes' : 'reused'
    return { use, detail: earlier ? `counter ${counter} of message ${earlier.id} used again for ${id}` : '' }
  }
}

/** One-time keys of a device on the server. Each is handed out once, and an id stands for one key for ever. */
export class PreKeyShelf {
  readonly #waiting = new Map<number, Buffer>()
  readonly #known = new Map<number, string>()

  get count(): number {
    return this.#waiting.size
  }

  /** Adds a key. False if its id is known with another key. A key that was handed out stays out. */
  add(id: number, key: Buffer): boolean {
    const known = this.#known.get(id)
    if (known !== key.toString('base64')) this.#waiting.set(id, key)
    return this.note(id, key)
  }

  /** Checks in the same way a key that a client hands over directly. */
  note(id: number, key: Buffer): boolean {
    const known = this.#known.get(id)
    const print = key.toString('base64')
    this.#known.set(id, print)
    return known === undefined || known === print
  }

  take(): { keyId: number; publicKey: Buffer } | undefined {
    const first = this.#waiting.entries().next()
    if (first.done) return undefined
    const [keyId, publicKey] = first.value
    this.#waiting.delete(keyId)
    return { keyId, publicKey }
  }
}
