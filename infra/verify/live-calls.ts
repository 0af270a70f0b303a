import { textAt } from '../resources/fields.ts'
import type { Account, Target } from '../resources/target.ts'
import type { LiveAnswer, LiveRequest } from './live-check.ts'

const CREDENTIALS = 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts'
const SCOPE = ['https://www.googleapis.com/auth/cloud-platform']

/** The caller may not act as an account of the deployment. */
export class NotTrusted extends Error {
  readonly mend: string

  constructor(target: Target, account: Account, answer: LiveAnswer) {
    super(`You may not act as ${target.emailOf(account)}: ${answer.status} ${textAt(answer.body, 'error', 'message') ?? ''}`)
    this.mend = `gcloud iam service-accounts add-iam-policy-binding ${target.emailOf(account)} --member=user:YOU --role=roles/iam.serviceAccountTokenCreator --project=${target.project}, and gcloud services enable iamcredentials.googleapis.com --project=${target.project}. Both take up to two minutes. Take the right away again afterwards.`
  }
}

interface LiveCallsOptions {
  readonly target: Target
  /** A token of whoever runs this. */
  readonly token: () => Promise<string>
  readonly signal: AbortSignal
  readonly fetch?: typeof fetch
}

/** Calls Google's APIs in the name of an account: as the deployed processes do, with their rights and no others. */
export class LiveCalls {
  readonly #options
  readonly #tokens = new Map<Account, Promise<string>>()

  constructor({ fetch = globalThis.fetch, ...options }: LiveCallsOptions) {
    this.#options = { ...options, fetch }
  }

  async call(request: LiveRequest, as: Account | 'caller' | 'nobody'): Promise<LiveAnswer> {
    return await this.#send(request, await this.#tokenOf(as))
  }

  /** Throws NotTrusted. */
  async identityToken(account: Account, audience: string): Promise<string> {
    const answer = await this.#impersonate(account, 'generateIdToken', { audience, includeEmail: true })
    return textAt(answer.body, 'token') ?? ''
  }

  async #tokenOf(as: Account | 'caller' | 'nobody'): Promise<string | null> {
    if (as === 'nobody') return null
    if (as === 'caller') return await this.#options.token()
    let token = this.#tokens.get(as)
    if (!token) this.#tokens.set(as, (token = this.#accessToken(as)))
    return await token
  }

  async #accessToken(account: Account): Promise<string> {
    const { body } = await this.#impersonate(account, 'generateAccessToken', { scope: SCOPE, lifetime: '1800s' })
    return textAt(body, 'accessToken') ?? ''
  }

  async #impersonate(account: Account, verb: string, body: object): Promise<LiveAnswer> {
    const { target, token } = this.#options
    const request = { url: `${CREDENTIALS}/${target.emailOf(account)}:${verb}`, method: 'POST', body } as const
    const answer = await this.#send(request, await token())
    if (answer.status !== 200) throw new NotTrusted(target, account, answer)
    return answer
  }

  async #send({ url, method = 'GET', headers = {}, body }: LiveRequest, token: string | null): Promise<LiveAnswer> {
    const response = await this.#options.fetch(url, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: this.#options.signal,
    })
    const text = await response.text()
    return { status: response.status, body: jsonOf(text) }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
