import { endpointsOf, ignoredOf, type Ignored, type WebhookEndpoint } from './webhooks.ts'

/** What an owner knows of those who are told by webhooks, and says of the session in each of them. */
export interface WebhookView {
  readonly endpoints: readonly (WebhookEndpoint & { readonly scope: 'session' | 'tenant' })[]
  readonly ignored: Ignored
  readonly tenant: string
  /** The name of the session within its tenant. */
  readonly session: string
  readonly metadata: object
  /** The account that is logged in, by its JIDs. */
  readonly me: Account | null
  /** Where callers reach the API, without a slash at its end. */
  readonly publicUrl: string
  /** Of this program. */
  readonly version: string
  /** Whether somebody listens to the stream of the tenant. */
  readonly isLive: boolean
}

export interface Account {
  readonly id: string
  readonly lid: string | null
  readonly pushName?: string | null | undefined
}

/** Makes the view from the configuration of a session and that of its tenant. */
export function webhookViewOf(options: {
  readonly sessionId: string
  readonly tenant: string
  readonly session: string
  readonly config: Readonly<Record<string, unknown>>
  readonly tenantWebhooks: unknown
  readonly me: Account | null
  readonly publicUrl: string
  readonly version: string
  readonly isLive?: boolean
}): WebhookView {
  const { sessionId, tenant, session, config, tenantWebhooks, me, publicUrl, version, isLive = false } = options
  const metadata = config['metadata']
  return {
    endpoints: [
      ...endpointsOf(config['webhooks'], sessionId).map((one) => ({ ...one, scope: 'session' as const })),
      ...endpointsOf(tenantWebhooks, tenant).map((one) => ({ ...one, scope: 'tenant' as const })),
    ],
    ignored: ignoredOf(config['ignore']),
    tenant,
    session,
    metadata: typeof metadata === 'object' && metadata !== null ? metadata : {},
    me,
    publicUrl,
    version,
    isLive,
  }
}

/** So many documents can tell of one event. */
export const copiesFor = ({ endpoints, isLive }: Pick<WebhookView, 'endpoints' | 'isLive'>): number =>
  endpoints.length + (isLive ? 1 : 0)
