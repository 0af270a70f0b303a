import { z } from 'zod'
import { cookieFor, cookieIn, noCookie, refuseOtherPages, requireOwnPage } from '../app/sign-in-cookie.ts'
import { problem } from '../app/problems.ts'
import { auditSignIn, makeToken, signedIn, useToken } from '../use-cases/sign-in.ts'
import { openRoute, READERS, type Route, route } from './route.ts'
import { refusedField, time } from './schemas.ts'

const signInSchema = z
  .object({
    apiKey: z.string('must be a text').min(1, 'must not be empty').max(500, 'must have at most 500 characters').optional(),
    tenant: z.string('must be a text').optional().meta({ description: 'For the operator: the tenant in which it acts.' }),
    token: z
      .string('must be a text')
      .max(100, 'must have at most 100 characters')
      .optional()
      .meta({ description: 'A one-time token.' }),
  })
  .catchall(refusedField)
  .refine(({ apiKey, token }) => (apiKey === undefined) !== (token === undefined), 'needs either `apiKey` or `token`')
  .refine(({ token, tenant }) => token === undefined || tenant === undefined, 'a token has its tenant already')
  .meta({ id: 'SignIn', example: { apiKey: 'hf_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG' } })

const fields = {
  tenant: z.string().meta({ description: 'The tenant in which the caller acts.' }),
  role: z.enum(['operator', 'admin', 'send', 'read']),
  sessions: z.union([z.literal('all'), z.array(z.string())]).meta({ description: 'The sessions that the caller may know of.' }),
  tenants: z
    .array(z.strictObject({ id: z.string(), name: z.string() }))
    .optional()
    .meta({ description: 'For the operator: the tenants among which it chooses with the header X-Tenant.' }),
}

const signedInSchema = z.strictObject(fields).meta({ id: 'SignedIn' })

const newlySignedInSchema = z
  .strictObject({ ...fields, expiresAt: time.meta({ description: 'When the browser has to sign in again.' }) })
  .meta({ id: 'NewlySignedIn' })

const tokenSchema = z
  .strictObject({ token: z.string().meta({ description: 'No later answer shows it.' }), expiresAt: time })
  .meta({ id: 'SignInToken' })

export const SIGN_IN_ROUTES: readonly Route[] = [
  openRoute({
    method: 'POST',
    path: '/api/sign-in',
    operationId: 'signIn',
    tag: 'Sign-in',
    summary: 'Sign a browser in',
    description:
      'The answer sets a cookie, with which the browser is the holder of the key for twelve hours, unless the key is revoked. Each change by ' +
      'cookie needs the header `X-Holdfast-Csrf: 1`, and a page of the same address.',
    request: { body: signInSchema },
    answers: { 200: { description: 'Who is signed in now.', schema: newlySignedInSchema } },
    problems: ['bad-request', 'too-large', 'unauthorized', 'forbidden', 'unknown-tenant', 'rate-limited'],
    async run({ dependencies, call, body: { apiKey, tenant, token } }) {
      refuseOtherPages(call)
      const given =
        token === undefined ? { apiKey: apiKey ?? '', tenant: tenant ?? null } : await useToken(dependencies, call.signIns, token)
      if (!given)
        throw problem('unauthorized', 'The token is not known here, or it was used, or it has expired. Ask for another one.')
      const principal = await call.authenticate({ apiKey: given.apiKey, tenant: given.tenant ?? undefined })
      await dependencies.limits.admitRequest(principal)
      const { header, expiresAt } = cookieFor(call.signIns, call, { ...given, now: dependencies.clock.now() })
      const body = { ...(await signedIn(dependencies, principal)), expiresAt }
      await auditSignIn(dependencies, principal)
      return { status: 200, body, headers: { 'Set-Cookie': header } }
    },
  }),
  route({
    method: 'GET',
    path: '/api/sign-in',
    operationId: 'getSignIn',
    tag: 'Sign-in',
    summary: 'Show who is signed in',
    description: 'With an API key: who its holder is.',
    roles: READERS,
    answers: { 200: { description: 'The caller.', schema: signedInSchema } },
    run: async ({ dependencies, principal }) => ({ status: 200, body: await signedIn(dependencies, principal) }),
  }),
  openRoute({
    method: 'DELETE',
    path: '/api/sign-in',
    operationId: 'signOut',
    tag: 'Sign-in',
    summary: 'Sign the browser out',
    description:
      'The answer takes the cookie away, and ends the streams of events that this server sends by it. The call may be repeated.',
    answers: { 200: { description: 'Nobody is signed in.', schema: z.strictObject({ signedOut: z.literal(true) }) } },
    problems: ['forbidden', 'too-large'],
    async run({ dependencies, call }) {
      const signIn = cookieIn(call)
      if (signIn === undefined) refuseOtherPages(call)
      else requireOwnPage(call)
      if (signIn !== undefined) dependencies.events.endOf(signIn)
      return { status: 200, body: { signedOut: true as const }, headers: { 'Set-Cookie': noCookie(call) } }
    },
  }),
  route({
    method: 'POST',
    path: '/api/sign-in/tokens',
    operationId: 'createSignInToken',
    tag: 'Sign-in',
    summary: 'Make a link with which a browser signs in once',
    description:
      'The token signs one browser in as the caller, within ten minutes: open `/dashboard/#token=…`. It is stored as a hash, and its first use ' +
      'ends it. A browser that is signed in makes none: a stolen cookie would live on in new ones.',
    roles: READERS,
    answers: { 201: { description: 'The token.', schema: tokenSchema } },
    async run({ dependencies, principal, call }) {
      if (call.isByCookie) throw problem('forbidden', 'Make a link with the API key itself.')
      return { status: 201, body: await makeToken(dependencies, call.signIns, principal, call.apiKey ?? '') }
    },
  }),
]
