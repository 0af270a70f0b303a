import { z } from 'zod'

/**
 * PERSISTED CONTRACT v1: `sign_in_tokens/{hash}`, a one-time token with which a browser signs in. The id is the token's hash; the token
 * itself is stored nowhere. Its use removes what is sealed. Firestore removes the document soon after `expireAt`. New versions only add
 * optional fields.
 */
export const SIGN_IN_TOKENS = 'sign_in_tokens'

export const signInTokenPath = (id: string): string => `${SIGN_IN_TOKENS}/${id}`

export const signInTokenSchema = z.object({
  v: z.literal(1),
  /** The tenant and the key of whoever made it, for people. */
  tenant: z.string(),
  createdBy: z.string(),
  /** The maker's key, which opens only together with the token: see `sign-in-cipher.ts`. Absent once it was used. */
  sealed: z.string().optional(),
  expireAt: z.date(),
  usedAt: z.date().nullable().default(null),
})
