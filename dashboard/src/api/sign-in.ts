import { HoldfastProblem } from '@holdfast/client/problem'
import { batch, signal } from '@preact/signals'
import { now } from '../platform/clock.ts'
import { keep, onKeptElsewhere } from '../platform/kept.ts'

export type Role = 'operator' | 'admin' | 'send' | 'read'

/** Who uses the page. */
export interface SignedIn {
  readonly tenant: string
  readonly role: Role
  /** The sessions that the key knows. */
  readonly sessions: 'all' | readonly string[]
  /** For the operator: the tenants among which to choose. */
  readonly tenants?: readonly { readonly id: string; readonly name: string }[]
}

const ADDRESS = '/api/sign-in'

/** What the pages of a browser tell each other by. */
const SIGN_OUT = 'signedOutAt'

/** Undefined until the first answer; null when nobody is signed in. */
export const person = signal<SignedIn | null | undefined>(undefined)

/** Grows when another person may be there: what the page has loaded for the former one is forgotten. */
export const turn = signal(0)

/** The tenant in which the operator acts. Null: the one of the sign-in. */
export const chosenTenant = signal<string | null>(null)

/** The tenant whose sessions the page shows. */
export const tenantHere = (): string => chosenTenant.value ?? person.value?.tenant ?? 'default'

export const mayChange = (): boolean => person.value?.role === 'admin' || person.value?.role === 'operator'
export const maySend = (): boolean => mayChange() || person.value?.role === 'send'
export const isOperator = (): boolean => person.value?.role === 'operator'

/** The API refused the cookie: it has ended, or its key was revoked. */
export const signedOut = (): void => takeTurn(null)

function takeTurn(who: SignedIn | null): void {
  batch(() => {
    chosenTenant.value = null
    turn.value++
    person.value = who
  })
}

/** Asks who is signed in. Throws when the API cannot be reached. */
export async function recognize(): Promise<void> {
  const response = await fetch(ADDRESS)
  if (response.status === 401) signedOut()
  else takeTurn(await answer(response))
}

/** Signs this page out when another page of the browser signs out. Returns what ends that. */
export const signOutWithOthers = (): (() => void) => onKeptElsewhere(SIGN_OUT, signedOut)

/** @throws HoldfastProblem when the key or the token is refused */
export async function signIn(proof: { apiKey: string } | { token: string }): Promise<void> {
  const headers = { 'Content-Type': 'application/json', 'X-Holdfast-Csrf': '1' }
  takeTurn(await answer(await fetch(ADDRESS, { method: 'POST', headers, body: JSON.stringify(proof) })))
}

/**
 * Signs out here and in all pages of this browser: an API of several processes ends only the streams of one of them.
 *
 * @throws HoldfastProblem when the API did not take the cookie back: the person is still signed in
 */
export async function signOut(): Promise<void> {
  const response = await fetch(ADDRESS, { method: 'DELETE', headers: { 'X-Holdfast-Csrf': '1' } })
  if (!response.ok && response.status !== 401) throw new HoldfastProblem(response, parsed(await response.text()))
  keep(SIGN_OUT, String(now()))
  signedOut()
}

async function answer(response: Response): Promise<SignedIn> {
  const text = await response.text()
  if (!response.ok) throw new HoldfastProblem(response, parsed(text))
  return JSON.parse(text) as SignedIn
}

/** What stands before the API may answer anything. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
