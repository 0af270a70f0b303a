import { createHash } from 'node:crypto'
import { z } from 'zod'

/**
 * The webhooks of a session or of a tenant, in WAHA's shape. "Nothing" comes as absent, `null` or an empty text.
 *
 * PERSISTED CONTRACT v1: the list `webhooks` in the configuration of a session and of a tenant. It has no secrets: those are sealed, see
 * `webhook-secrets.ts`. New versions only add optional fields.
 */
export const MOST_WEBHOOKS = 20

/** Names and values as HTTP allows them. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]{0,4000}$/

/** Headers that belong to the request itself. */
const OWN_HEADERS =
  /^(?:host|content-length|content-type|transfer-encoding|connection|expect|upgrade|x-webhook-.*|webhook-.*|x-holdfast-.*)$/i

const webUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .max(2000, 'must have at most 2000 characters')

/** A field that may hold nothing. */
const orNothing = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? null : value), schema.nullish())

const headerSchema = z.object({
  name: z
    .string()
    .regex(HEADER_NAME, 'must be the name of a header')
    .refine((name) => !OWN_HEADERS.test(name), 'must not be a header that the request has itself'),
  value: z.string().regex(HEADER_VALUE, 'must be the value of a header'),
})

const retriesSchema = z.looseObject({
  policy: orNothing(z.enum(['constant', 'linear', 'exponential'])),
  delaySeconds: orNothing(z.number().min(0).max(86_400)),
  attempts: orNothing(z.number().int().min(0).max(1000)),
})

/** What nobody here reads is kept, and comes back as it was given. */
export const webhookSchema = z.looseObject({
  url: webUrl,
  events: z.array(z.string().min(1).max(100)).max(100),
  hmac: orNothing(z.object({ key: z.string().max(1000).nullish() })),
  retries: orNothing(retriesSchema),
  customHeaders: orNothing(z.array(headerSchema).max(20)),
})

export type GivenWebhook = z.infer<typeof webhookSchema>

export const webhooksSchema = z.array(webhookSchema).max(MOST_WEBHOOKS)

/** An end point of a session or a tenant. */
export interface WebhookEndpoint {
  readonly id: string
  readonly url: string
  readonly events: readonly string[]
  readonly retries: GivenWebhook['retries']
}

/** The id of an end point. Another address is another end point. `scope` is the session's id, or the tenant's, which has no dot. */
export const endpointIdOf = (scope: string, url: string): string =>
  createHash('sha256').update(`webhook\n${scope}\n${url}`).digest('hex').slice(0, 24)

/**
 * Reads the end points of a stored configuration. One that does not parse is left out, because the others must go on. An address that is
 * there twice is one end point, with the events of both.
 */
export function endpointsOf(webhooks: unknown, scope: string): readonly WebhookEndpoint[] {
  const endpoints = new Map<string, WebhookEndpoint>()
  for (const one of Array.isArray(webhooks) ? webhooks : []) {
    const parsed = webhookSchema.safeParse(one)
    if (!parsed.success) continue
    const { url, events, retries } = parsed.data
    const id = endpointIdOf(scope, url)
    endpoints.set(id, { id, url, events: [...(endpoints.get(id)?.events ?? []), ...events], retries })
  }
  return [...endpoints.values()]
}

/** Whether an end point wants an event. `*` is every event but WAHA's `engine.event`. */
export const wants = ({ events }: Pick<WebhookEndpoint, 'events'>, event: string): boolean =>
  events.includes(event) || (events.includes('*') && event !== 'engine.event')

/** What a session does not tell of, in WAHA's words. */
const ignoreSchema = z.object({
  status: z.boolean().nullish().catch(null),
  groups: z.boolean().nullish().catch(null),
  channels: z.boolean().nullish().catch(null),
  broadcast: z.boolean().nullish().catch(null),
})

export type Ignored = z.infer<typeof ignoreSchema>

export const ignoredOf = (ignore: unknown): Ignored => ignoreSchema.safeParse(ignore).data ?? {}

/** Whether nobody is told of what happens in a chat. */
export function isIgnored(chat: string, { status, groups, channels, broadcast }: Ignored): boolean {
  if (chat === 'status@broadcast') return status === true
  if (chat.endsWith('@broadcast')) return broadcast === true
  if (chat.endsWith('@g.us')) return groups === true
  return chat.endsWith('@newsletter') && channels === true
}
