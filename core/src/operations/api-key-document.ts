import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `api_keys/{id}`, an API key of a tenant. Only its hash is stored. A revoked key stays, so that the audit log
 * can be read. New versions only add optional fields.
 */
export const API_KEYS = 'api_keys'

export const apiKeyPath = (id: string): string => `${API_KEYS}/${id}`

/** 32 random bytes as base64url. The prefix lets people and scanners recognize a key. */
export const API_KEY_FORM = /^hf_[A-Za-z0-9_-]{43}$/

export const apiKeyOf = (random: Buffer): string => `hf_${random.toString('base64url')}`

const hashOf = (what: 'id' | 'key', apiKey: string): Buffer =>
  createHash('sha256').update(`holdfast api key ${what}: ${apiKey}`).digest()

/** The id of a key, safe to show. It is derived from the key, so that one read finds the document. */
export const apiKeyIdOf = (apiKey: string): string => hashOf('id', apiKey).toString('hex').slice(0, 24)

/** The form of the ids. */
export const API_KEY_ID = /^[0-9a-f]{24}$/

/** A plain hash is enough: nobody can guess 32 random bytes. */
export const apiKeyHashOf = (apiKey: string): string => hashOf('key', apiKey).toString('hex')

/** Compares in a time that does not depend on the key. */
export const isKeyOfHash = (apiKey: string, hash: string): boolean => {
  const [given, stored] = [hashOf('key', apiKey), Buffer.from(hash, 'hex')]
  return given.length === stored.length && timingSafeEqual(given, stored)
}

export const API_KEY_ROLES = ['admin', 'send', 'read'] as const

export type ApiKeyRole = (typeof API_KEY_ROLES)[number]

export const apiKeyDocumentSchema = z.object({
  v: z.literal(1),
  tenant: z.string(),
  /** For people. */
  name: z.string(),
  role: z.enum(API_KEY_ROLES),
  /** Names of the sessions that the holder may know of; null: all of the tenant. */
  sessions: z.array(z.string()).nullable().default(null),
  /** SHA-256, hex. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAt: z.date(),
  /** The id of the key that made it. */
  createdBy: z.string(),
  revokedAt: z.date().nullable().default(null),
  expiresAt: z.date().nullable().default(null),
  /** Written at most once a minute. */
  lastUsedAt: z.date().nullable().default(null),
  /** Less than the tenant's limit; null: the tenant's. */
  requestsPerMinute: z.number().int().min(1).nullable().default(null),
})

export type ApiKeyDocument = z.infer<typeof apiKeyDocumentSchema>
