import { signInTokenPath, signInTokenSchema } from '@holdfast/core/operations/sign-in-token-document'
import { parseStored } from '@holdfast/core/platform/parse'
import { type DocumentSnapshot, REMOVED } from '@holdfast/core/platform/ports'
import {
  newSignInToken,
  SIGN_IN_TOKEN_FORM,
  type SignIn,
  type SignInCipher,
  signInTokenIdOf,
} from '@holdfast/core/security/sign-in-cipher'
import type { Principal } from '../app/principal.ts'
import { requestContext } from '../app/request-context.ts'
import { writeAudit } from './audit.ts'
import type { Dependencies } from './dependencies.ts'
import { listTenants } from './tenants.ts'

const TOKEN_FOR_MS = 10 * 60_000

type Needed = Pick<Dependencies, 'documents' | 'clock'>

/** Who is signed in, as the API shows it. */
export interface SignedIn {
  readonly tenant: string
  readonly role: Principal['role']
  readonly sessions: Principal['sessions']
  /** The tenants among which the operator can choose; absent for everybody else. */
  readonly tenants?: readonly { readonly id: string; readonly name: string }[]
}

/** @throws HoldfastError `unavailable` */
export async function signedIn(
  dependencies: Pick<Dependencies, 'documents' | 'tenants' | 'logger'>,
  { tenant, role, sessions }: Principal,
): Promise<SignedIn> {
  if (role !== 'operator') return { tenant, role, sessions }
  const tenants = await listTenants(dependencies)
  return { tenant, role, sessions, tenants: tenants.map(({ id, name }) => ({ id, name })) }
}

/** Writes down that somebody signed a browser in. */
export function auditSignIn(
  dependencies: Pick<Dependencies, 'documents' | 'clock' | 'logger'>,
  { tenant, key, role }: Principal,
): Promise<void> {
  const { requestId = '' } = requestContext()
  return writeAudit(dependencies, { tenant, key, role, operation: 'signIn', on: {}, status: 200, problem: null, requestId })
}

/** Makes a token with which a browser signs in once, within ten minutes, as the caller. */
export async function makeToken(
  { documents, clock }: Needed,
  cipher: SignInCipher,
  { key, tenant }: Principal,
  apiKey: string,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newSignInToken()
  const path = signInTokenPath(signInTokenIdOf(token))
  const expireAt = new Date(clock.now() + TOKEN_FOR_MS)
  const sealed = cipher.seal({ apiKey, tenant, expiresAt: expireAt }, path, token)
  await documents.commit([{ kind: 'create', path, fields: { v: 1, tenant, createdBy: key, sealed, expireAt, usedAt: null } }])
  return { token, expiresAt: expireAt }
}

/**
 * Uses a token, so that nobody else can. Null when there is no such token, or it was used or has expired.
 *
 * @throws HoldfastError `unavailable`
 */
export async function useToken({ documents, clock }: Needed, cipher: SignInCipher, token: string): Promise<SignIn | null> {
  if (!SIGN_IN_TOKEN_FORM.test(token)) return null
  const path = signInTokenPath(signInTokenIdOf(token))
  const snapshot = await documents.read(path)
  const stored = snapshot && unused(snapshot, clock.now())
  const signIn = stored ? cipher.open(stored, path, token) : null
  if (!snapshot || !signIn) return null
  const fields = { usedAt: new Date(clock.now()), sealed: REMOVED }
  try {
    await documents.commit([{ kind: 'update', path, fields, unlessChangedSince: snapshot }])
    return signIn
  } catch (error) {
    // It may be this commit that took effect. The caller asks for another token then: nobody uses one twice.
    const now = await documents.read(path)
    if (now && unused(now, clock.now()) !== null) throw error
    return null
  }
}

function unused({ fields, path }: DocumentSnapshot, now: number): string | null {
  const { sealed, usedAt, expireAt } = parseStored(signInTokenSchema, fields, path)
  return usedAt === null && expireAt.getTime() > now ? (sealed ?? null) : null
}
