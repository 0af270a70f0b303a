import type { SignIn, SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { parse, serialize } from 'hono/utils/cookie'
import { problem } from './problems.ts'

export const SIGN_IN_COOKIE = 'holdfast_sign_in'

/** The header that a page sets with each change. No form and no page of another origin can. */
const CSRF_HEADER = 'X-Holdfast-Csrf'

const SIGNED_IN_FOR_MS = 12 * 60 * 60_000

/** Binds the sealed text to the cookie. */
const PLACE = 'cookie'

/** What seals sign-ins, as the whole API knows it. */
export type SignIns = SignInCipher

/** The headers of a request, and its address. */
export interface Asked {
  readonly url: string
  header(name: string): string | undefined
}

/** Returns the text of the cookie. Undefined without one. */
export const cookieIn = (asked: Asked): string | undefined =>
  parse(asked.header('Cookie') ?? '', SIGN_IN_COOKIE)[SIGN_IN_COOKIE] || undefined

/** Makes the header `Set-Cookie` for somebody who signed in now. */
export function cookieFor(
  cipher: SignInCipher,
  asked: Asked,
  { apiKey, tenant, now }: Pick<SignIn, 'apiKey' | 'tenant'> & { readonly now: number },
): { readonly header: string; readonly expiresAt: Date } {
  const expiresAt = new Date(now + SIGNED_IN_FOR_MS)
  const sealed = cipher.seal({ apiKey, tenant, expiresAt }, PLACE)
  return { header: cookie(asked, sealed, SIGNED_IN_FOR_MS / 1000), expiresAt }
}

/** Makes the header `Set-Cookie` that takes the cookie away. */
export const noCookie = (asked: Asked): string => cookie(asked, '', 0)

const cookie = (asked: Asked, value: string, maxAge: number): string =>
  serialize(SIGN_IN_COOKIE, value, { httpOnly: true, sameSite: 'Strict', path: '/', secure: !isOnThisMachine(asked), maxAge })

/** A browser keeps no secure cookie for plain HTTP, which only a server on the same machine is trusted with. */
function isOnThisMachine({ url }: Asked): boolean {
  const { hostname, protocol } = new URL(url)
  return protocol === 'http:' && (hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname))
}

/** Opens the cookie of a request. Null when it has expired, or when no server of now sealed it. */
export function signInOf(cipher: SignInCipher, cookieText: string, now: number): SignIn | null {
  const signIn = cipher.open(cookieText, PLACE)
  return signIn && signIn.expiresAt.getTime() > now ? signIn : null
}

/**
 * Lets a change through only when a page of this origin asks for it, because a browser adds the cookie to whatever a page sends.
 *
 * @throws the problem `forbidden`
 */
export function requireOwnPage(asked: Asked): void {
  if (asked.header(CSRF_HEADER) !== '1') {
    throw problem('forbidden', `A change by a signed-in browser needs the header ${CSRF_HEADER}: 1.`)
  }
  if (!isSameOrigin(asked)) throw problem('forbidden', 'A change by a signed-in browser has to come from a page of this address.')
}

/** Refuses a sign-in that a page of another origin begins. Programs send neither of the headers. */
export function refuseOtherPages(asked: Asked): void {
  const saysNothing = asked.header('Sec-Fetch-Site') === undefined && asked.header('Origin') === undefined
  if (!saysNothing && !isSameOrigin(asked)) throw problem('forbidden', 'A sign-in has to come from a page of this address.')
}

/** A browser sets these headers itself, and no page can change them. On plain HTTP it sends `Origin` only. */
function isSameOrigin(asked: Asked): boolean {
  const site = asked.header('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin'
  const origin = asked.header('Origin')
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === asked.header('Host')
}
