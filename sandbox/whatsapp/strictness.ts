// What no honest client does. The real service would answer such things with lost messages; here they are written down.
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

/** Remembers every key of a device's sending chains that was used, and for which ciphertext. */
export class KeyUseGuard {
  readonly #used = new Map<string, { ciphertext: string; id: string }>()

  /** A resent frame (`same-bytes`) is harmless: no key is used for two plaintexts. */
  use(chain: string, counter: number, ciphertext: Uint8Array, id: string): { use: KeyUse; detail: string } {
    const position = `${chain}|${counter}`
    const print = fingerprint(ciphertext)
    const earlier = this.#used.get(position)
    if (!earlier) this.#used.set(position, { ciphertext: print, id })
    const use = !earlier ? 'new' : earlier.ciphertext === print ? 'same-bytes' : 'reused'
    return { use, detail: earlier ? `counter ${counter} of message ${earlier.id} used again for ${id}` : '' }
  }
}

/** The one-time keys of a device on the server: handed out once each, and an id stands for one key for ever. */
export class PreKeyShelf {
  readonly #waiting = new Map<number, Buffer>()
  readonly #known = new Map<number, string>()

  get count(): number {
    return this.#waiting.size
  }

  /** False if the id was already known with another key. A known key that was handed out is not put on the shelf again. */
  add(id: number, key: Buffer): boolean {
    const known = this.#known.get(id)
    if (known !== key.toString('base64')) this.#waiting.set(id, key)
    return this.note(id, key)
  }

  /** The same check for a key that is given to somebody directly and never comes on the shelf. */
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
