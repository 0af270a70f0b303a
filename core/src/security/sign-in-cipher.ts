import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { isHoldfastError } from '../platform/errors.ts'
import { open, seal } from './envelope.ts'

/** Somebody who signed in: the API key, and the tenant that an operator chose. */
export interface SignIn {
  readonly apiKey: string
  /** Null: the key's own tenant, or `default` for the operator. */
  readonly tenant: string | null
  readonly expiresAt: Date
}

/** PERSISTED CONTRACT v1: what the cookie of a browser and a one-time token hold, as JSON, before it is sealed. */
const signInSchema = z.object({ v: z.literal(1), apiKey: z.string(), tenant: z.string().nullable(), expiresAt: z.number() })

const LABEL = 'holdfast/sign-in/v1'
const TOKEN_LABEL = 'holdfast/sign-in-token/v1'
const KEY_BYTES = 32

/**
 * Seals who signed in, for a browser to keep: no server has to remember anybody. The key is derived from secrets that all servers of the API
 * have, so that each opens what another one sealed. The first secret seals and all open, so that a secret can be replaced.
 */
export class SignInCipher {
  readonly #keys: readonly Buffer[]

  constructor(secrets: readonly Uint8Array[]) {
    this.#keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), LABEL, KEY_BYTES)))
  }

  /**
   * `place` is where the text will be kept. It opens for the same place only.
   *
   * @param token whoever opens the text has to have it, too: the secrets alone do not open it
   */
  seal({ apiKey, tenant, expiresAt }: SignIn, place: string, token: string | null = null): string {
    const [key] = this.#keys
    if (!key) throw new Error('There is no secret to seal a sign-in with.')
    const plain = JSON.stringify({ v: 1, apiKey, tenant, expiresAt: expiresAt.getTime() })
    return seal(keyWith(key, token), Buffer.from(plain), associated(place)).toString('base64url')
  }

  /** Null when the text was not sealed here, was altered, or belongs to another place or token. */
  open(sealed: string, place: string, token: string | null = null): SignIn | null {
    for (const key of this.#keys) {
      const plain = openUnlessAltered(keyWith(key, token), Buffer.from(sealed, 'base64url'), associated(place))
      if (plain) return parsed(plain)
    }
    return null
  }
}

const keyWith = (key: Buffer, token: string | null): Buffer =>
  token === null ? key : Buffer.from(hkdfSync('sha256', key, token, TOKEN_LABEL, KEY_BYTES))

const associated = (place: string): string => JSON.stringify(['holdfast', 'sign-in', place])

function openUnlessAltered(key: Buffer, sealed: Buffer, bound: string): Buffer | null {
  try {
    return open(key, sealed, bound)
  } catch (error) {
    if (isHoldfastError(error, 'cannot-decrypt')) return null
    throw error
  }
}

/** A later version may seal something else. Its browsers sign in again. */
function parsed(plain: Buffer): SignIn | null {
  const found = signInSchema.safeParse(JSON.parse(plain.toString())).data
  return found ? { apiKey: found.apiKey, tenant: found.tenant, expiresAt: new Date(found.expiresAt) } : null
}

/** 32 random bytes as base64url. The prefix lets people and scanners recognize it. */
export const SIGN_IN_TOKEN_FORM = /^hfs_[A-Za-z0-9_-]{43}$/

export const newSignInToken = (): string => `hfs_${randomBytes(KEY_BYTES).toString('base64url')}`

/** The id of a token's document. A plain hash is enough: nobody can guess 32 random bytes. */
export const signInTokenIdOf = (token: string): string =>
  createHash('sha256').update(`holdfast sign-in token: ${token}`).digest('hex')
