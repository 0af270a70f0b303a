import type { Fetch } from '@holdfast/client/repeat'
import { HoldfastProblem } from '@holdfast/client/problem'
import { usage } from './failure.ts'
import type { Environment } from './host.ts'
import type { Profiles } from './profiles.ts'

/** The API that a command talks to. */
export interface Connection {
  readonly url: string
  readonly apiKey: string
  readonly tenant: string | undefined
  /** Where the address comes from, for people. */
  readonly from: string
}

/** What the command line says of it. */
export interface Chosen {
  readonly url?: string | undefined
  readonly tenant?: string | undefined
  readonly profile?: string | undefined
}

const HOW = 'Set HOLDFAST_URL and HOLDFAST_API_KEY, or store them: holdfast profiles add NAME --url URL'

/**
 * Decides which API is meant: `--url` before `--profile`, before the environment, before the current profile. The key of a profile goes
 * to the address of that profile only, so that no other server gets it.
 */
export function connectionOf(chosen: Chosen, env: Environment, { current, profiles }: Profiles): Connection {
  const name = chosen.profile ?? (env.url === undefined ? (env.profile ?? current) : env.profile)
  const profile = name === null || name === undefined ? undefined : profiles[name]
  if (name !== null && name !== undefined && profile === undefined) {
    throw usage(`There is no profile "${name}".`, 'holdfast profiles lists those that there are.')
  }
  const explicit = chosen.profile === undefined ? env.url : undefined
  const url = chosen.url ?? explicit ?? profile?.url
  if (url === undefined) throw usage('It is not said where the API is.', HOW)
  const base = addressOf(url)
  const isOfProfile = profile !== undefined && addressOf(profile.url) === base
  const ownKey = isOfProfile ? profile.apiKey : undefined
  const apiKey = chosen.profile === undefined ? (env.apiKey ?? ownKey) : (ownKey ?? env.apiKey)
  if (apiKey === undefined) throw usage(`There is no API key for ${base}.`, HOW)
  return {
    url: base,
    apiKey,
    tenant:
      chosen.tenant ??
      (chosen.profile === undefined ? env.tenant : undefined) ??
      (isOfProfile ? profile.tenant : null) ??
      undefined,
    from: chosen.url !== undefined ? '--url' : explicit !== undefined ? 'HOLDFAST_URL' : `profile ${name}`,
  }
}

/** Returns an address without a slash at its end. @throws Failure when it is none */
export function addressOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw usage(`"${url}" is not the address of an API: it begins with https:// or http://.`)
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`
}

/** The time limit of one answer, ms. The API itself waits up to 30 s for some. */
const ANSWER_LIMIT_MS = 60_000

/** Makes one attempt within the limit. An answer that is none of the API is a problem of its own, and not a mistake in reading JSON. */
export function checkingFetch(fetch: Fetch, interrupted: AbortSignal): Fetch {
  return async (request) => {
    const signal = AbortSignal.any([request.signal, interrupted, AbortSignal.timeout(ANSWER_LIMIT_MS)])
    const response = await fetch(new Request(request, { signal }))
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok || response.status === 204 || type.includes('json') || type.includes('event-stream')) return response
    throw new HoldfastProblem(response, await response.text())
  }
}
