import { VERSION } from '@holdfast/core/platform/version'
import { isDeepStrictEqual } from 'node:util'
import type { Claim } from './claim.ts'
import { type Account, type WebhookView, webhookViewOf } from '@holdfast/core/session/webhook-view'

/** What the session's document and its tenant say about webhooks. They change while the session runs. */
export class SessionWebhooks {
  readonly #claim: Claim
  readonly #ofTenant: () => unknown
  readonly #isLive: () => boolean
  readonly #publicUrl: string
  #config: Readonly<Record<string, unknown>>
  #me: Account | null
  #view: { readonly of: unknown; readonly view: WebhookView } | null = null

  /**
   * @param options.ofTenant returns the list of the tenant, the same as long as it does not change
   * @param options.isLive whether somebody listens to the stream of the tenant
   */
  constructor(
    claim: Claim,
    options: { readonly ofTenant: () => unknown; readonly isLive: () => boolean; readonly publicUrl: string },
  ) {
    this.#claim = claim
    this.#ofTenant = options.ofTenant
    this.#isLive = options.isLive
    this.#publicUrl = options.publicUrl
    this.#config = claim.session.config
    this.#me = claim.session.me
  }

  /** Whom webhooks tell now. */
  get view(): WebhookView {
    const tenantWebhooks = this.#ofTenant()
    const isLive = this.#isLive()
    const known = this.#view
    if (known && known.of === tenantWebhooks && known.view.isLive === isLive) return known.view
    const { sessionId, session } = this.#claim
    const { tenant, name } = session
    const own = { isLive, config: this.#config, me: this.#me, version: VERSION, publicUrl: this.#publicUrl }
    const view = webhookViewOf({ sessionId, tenant, session: name, tenantWebhooks, ...own })
    this.#view = { of: tenantWebhooks, view }
    return view
  }

  /** Takes over what the session's document says. */
  follow({ config, me }: Readonly<Record<string, unknown>>): void {
    const isSame = isDeepStrictEqual(config, this.#config) && isDeepStrictEqual(me, this.#me)
    if (isSame || typeof config !== 'object' || config === null) return
    this.#config = config as Readonly<Record<string, unknown>>
    this.#me = (me ?? null) as Account | null
    this.#view = null
  }
}
