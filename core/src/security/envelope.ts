import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { areKeysDestroyed, newestVersion, type SessionKeyDocument, sessionKeyPath } from './session-key-document.ts'
import { tenantKeyPath } from './tenant-key-document.ts'
import { HoldfastError } from '../platform/errors.ts'
import { type KeyWrapping, type WrappedKey, wrapPlace } from './key-wrapping.ts'

/**
 * Encryption of everything that leaves a runner's memory: AES-256-GCM under keys derived (HKDF-SHA-256) from a data key of the
 * session, which is stored wrapped (`key-wrapping.ts`). Associated data binds each sealed text to its place, so that
 * a swapped or replayed one does not open.
 *
 * Sealed bytes (PERSISTED CONTRACT v1): 0x01, 12 bytes of nonce, ciphertext, 16 bytes of tag.
 */
const FORMAT = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const PSEUDONYM_BYTES = 16

/** One wrapping key from the environment. */
export class WrappingKey implements KeyWrapping {
  readonly #key: Buffer
  /** Safe to show: tells which key wrapped a data key. */
  readonly id: string

  constructor(key: Buffer) {
    if (key.length !== KEY_BYTES) throw new HoldfastError('bad-configuration', 'The wrapping key must have 32 bytes.')
    this.#key = key
    this.id = createHash('sha256').update(key).digest('hex').slice(0, 8)
  }

  currentAt(): Promise<string> {
    return Promise.resolve(this.id)
  }

  wrap(dataKey: Buffer, place: string): Promise<WrappedKey> {
    return Promise.resolve({ wrapped: seal(this.#key, dataKey, place), wrappedBy: this.id })
  }

  async unwrap(wrapped: Uint8Array, wrappedBy: string, place: string): Promise<Buffer> {
    if (wrappedBy !== this.id) {
      throw new HoldfastError('wrong-key', `${place} was wrapped by key ${wrappedBy}; this process has key ${this.id}.`, {
        advice: 'Set SESSION_ENCRYPTION_KEY to the key that was used when the session was created.',
      })
    }
    try {
      return open(this.#key, wrapped, place)
    } catch (cause) {
      throw new HoldfastError('data-key-damaged', `${place} does not open with the key that wrapped it.`, { cause })
    }
  }
}

/** The purpose of sealed bytes. Each has its own derived key. */
export type Purpose = 'journal' | 'checkpoint' | 'content' | 'fingerprint' | 'media' | 'archive' | 'names'

/** The unwrapped data keys of one session. */
export class SessionCipher {
  readonly sessionId: string
  #currentVersion: number
  #wrapped: SessionKeyDocument | null
  readonly #keys: Map<number, Buffer>
  readonly #derived = new Map<string, Buffer>()

  constructor(
    sessionId: string,
    keys: ReadonlyMap<number, Buffer>,
    currentVersion: number,
    wrapped: SessionKeyDocument | null = null,
  ) {
    this.sessionId = sessionId
    this.#keys = new Map(keys)
    this.#currentVersion = currentVersion
    this.#wrapped = wrapped
  }

  /** The data key that seals. Each sealed thing names its own, so that it opens whatever seals by then. */
  get currentVersion(): number {
    return this.#currentVersion
  }

  /** The wrapped keys, as they are stored. Null when nobody has them here. */
  get wrapped(): SessionKeyDocument | null {
    return this.#wrapped
  }

  /**
   * Takes over what a later reading of the key document has: data keys that were added, and how all are wrapped by then. What seals stays.
   *
   * @throws HoldfastError `data-key-damaged` when a known key is missing there or is another one. Nothing is taken over then
   */
  learn(later: SessionCipher): void {
    for (const [version, key] of this.#keys) {
      if (later.#keys.get(version)?.equals(key)) continue
      throw new HoldfastError('data-key-damaged', `${sessionKeyPath(this.sessionId)} has another key as version ${version}.`)
    }
    for (const [version, key] of later.#keys) this.#keys.set(version, key)
    this.#wrapped = later.#wrapped
  }

  has(version: number): boolean {
    return this.#keys.has(version)
  }

  /** Seals with this data key from now on. */
  sealWith(version: number): void {
    if (!this.has(version)) throw noSuchKey(this.sessionId, version)
    this.#currentVersion = version
  }

  /** Binds the sealed bytes to `place`, the place where they will lie. Opening needs the same place. */
  seal(purpose: Purpose, plain: Uint8Array, place: string, version: number = this.currentVersion): Buffer {
    return seal(this.#keyFor(purpose, version), plain, this.#bind(purpose, place))
  }

  open(purpose: Purpose, sealed: Uint8Array, place: string, version: number = this.currentVersion): Buffer {
    return open(this.#keyFor(purpose, version), sealed, this.#bind(purpose, place))
  }

  /** Seals the content of a job, message or QR code with its key version in front, because their documents have no field for it. */
  sealContent(plain: Uint8Array, place: string): Buffer {
    const version = Buffer.alloc(2)
    version.writeUInt16BE(this.currentVersion)
    return Buffer.concat([version, this.seal('content', plain, place)])
  }

  openContent(sealed: Uint8Array, place: string): Buffer {
    if (sealed.length < 2) throw new HoldfastError('cannot-decrypt', `${place} is too short to be sealed content.`)
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    return this.open('content', bytes.subarray(2), place, bytes.readUInt16BE())
  }

  /** A keyed hash, hex: equal for equal bytes under the current key, and useless for guessing them without the key. */
  fingerprint(plain: Uint8Array): string {
    return this.#fingerprint(plain, this.currentVersion)
  }

  /** Returns whether a hash is the fingerprint of these bytes, under the current key or an earlier one. */
  isFingerprint(hash: string, plain: Uint8Array): boolean {
    return [...this.#keys.keys()].some((version) => this.#fingerprint(plain, version) === hash)
  }

  /**
   * Stands for a name in documents (PERSISTED CONTRACT v1): the same for the same name as long as the session's documents live, and useless for
   * guessing the name without the key. The key is the first that is stored: later ones come and go on, it stays, and a purge, which destroys it,
   * removes the documents as well.
   */
  pseudonym(name: string): string {
    const hash = createHmac('sha256', this.#keyFor('names', Math.min(...this.#keys.keys()))).update(name)
    return `#${hash.digest().subarray(0, PSEUDONYM_BYTES).toString('base64url')}`
  }

  /** The key of one object that is too large to be sealed at once: see `media-cipher.ts`. */
  objectKey(name: string, salt: Uint8Array, version: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#keyFor('media', version), salt, this.#bind('media', name), KEY_BYTES))
  }

  #fingerprint(plain: Uint8Array, version: number): string {
    return createHmac('sha256', this.#keyFor('fingerprint', version)).update(plain).digest('hex')
  }

  #bind(purpose: Purpose, place: string): string {
    return JSON.stringify(['holdfast', purpose, this.sessionId, place])
  }

  #keyFor(purpose: Purpose, version: number): Buffer {
    const name = `${purpose}/${version}`
    const known = this.#derived.get(name)
    if (known) return known
    const dataKey = this.#keys.get(version)
    if (!dataKey) throw noSuchKey(this.sessionId, version)
    const derived = Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), `holdfast/${purpose}/${this.sessionId}`, KEY_BYTES))
    this.#derived.set(name, derived)
    return derived
  }
}

/** Makes a new data key and returns its document, wrapped. */
export const newSessionKeys = (sessionId: string, wrappingKey: KeyWrapping): Promise<SessionKeyDocument> =>
  newDataKeys(sessionKeyPath(sessionId), wrappingKey)

/** Makes the data key of a session whose earlier keys a purge destroyed. Returns the whole document. */
export async function nextSessionKeys(
  sessionId: string,
  stored: SessionKeyDocument,
  wrappingKey: KeyWrapping,
): Promise<SessionKeyDocument> {
  const made = await newDataKeys(sessionKeyPath(sessionId), wrappingKey, newestVersion(stored) + 1)
  return { ...made, ...(stored.destroyed ? { destroyed: stored.destroyed } : {}) }
}

export const unwrapSessionKeys = async (
  sessionId: string,
  stored: SessionKeyDocument,
  wrappingKey: KeyWrapping,
): Promise<SessionCipher> =>
  new SessionCipher(sessionId, await unwrapDataKeys(sessionKeyPath(sessionId), stored, wrappingKey), stored.current, stored)

/** Seals the secrets of a tenant's configuration, each for its name. */
export class TenantCipher {
  readonly #tenant: string
  readonly #cipher: SessionCipher

  constructor(tenant: string, keys: ReadonlyMap<number, Buffer>, currentVersion: number) {
    this.#tenant = tenant
    // The id of a session has a dot and that of a tenant has none, so their derived keys differ.
    this.#cipher = new SessionCipher(tenant, keys, currentVersion)
  }

  seal(name: string, secret: string): Buffer {
    return this.#cipher.sealContent(Buffer.from(secret), this.#placeOf(name))
  }

  open(name: string, sealed: Uint8Array): string {
    return this.#cipher.openContent(sealed, this.#placeOf(name)).toString()
  }

  #placeOf(name: string): string {
    return `tenants/${this.#tenant}/secrets/${name}`
  }
}

export const newTenantKeys = (tenant: string, wrappingKey: KeyWrapping): Promise<SessionKeyDocument> =>
  newDataKeys(tenantKeyPath(tenant), wrappingKey)

export const unwrapTenantKeys = async (
  tenant: string,
  stored: SessionKeyDocument,
  wrappingKey: KeyWrapping,
): Promise<TenantCipher> =>
  new TenantCipher(tenant, await unwrapDataKeys(tenantKeyPath(tenant), stored, wrappingKey), stored.current)

export async function newDataKeys(path: string, wrappingKey: KeyWrapping, version = 1): Promise<SessionKeyDocument> {
  const { wrapped, wrappedBy } = await wrappingKey.wrap(randomBytes(KEY_BYTES), wrapPlace(path, version))
  return { v: 1, current: version, keys: { [version]: { wrapped, wrappedBy } } }
}

async function unwrapDataKeys(path: string, stored: SessionKeyDocument, wrappingKey: KeyWrapping): Promise<Map<number, Buffer>> {
  if (areKeysDestroyed(stored)) {
    throw new HoldfastError(
      'data-key-destroyed',
      `A purge destroyed the data keys of ${path} on purpose. They do not come back.`,
      {
        advice: 'Nothing of the session can be read or restored. Create a session under its name: it gets a key of its own.',
      },
    )
  }
  if (!stored.keys[String(stored.current)]) {
    throw new HoldfastError('data-key-damaged', `${path} lacks its current version ${stored.current}.`)
  }
  const unwrapped = Object.entries(stored.keys).map(async ([version, { wrapped, wrappedBy }]) => {
    const key = await wrappingKey.unwrap(wrapped, wrappedBy, wrapPlace(path, Number(version)))
    return [Number(version), key] as const
  })
  return new Map(await Promise.all(unwrapped))
}

const noSuchKey = (sessionId: string, version: number): HoldfastError =>
  new HoldfastError('cannot-decrypt', `Session ${sessionId} has no data key of version ${version}.`)

/** Seals bytes under a key. `associated` binds them to their place. */
export function seal(key: Buffer, plain: Uint8Array, associated: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(associated))
  return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** @throws HoldfastError `cannot-decrypt` */
export function open(key: Buffer, sealed: Uint8Array, associated: string): Buffer {
  if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] !== FORMAT) {
    throw new HoldfastError('cannot-decrypt', 'Sealed bytes are truncated or of an unknown format.')
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(associated))
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()])
  } catch (cause) {
    throw new HoldfastError('cannot-decrypt', 'Sealed bytes do not open: altered, or sealed for another place or key.', { cause })
  }
}
