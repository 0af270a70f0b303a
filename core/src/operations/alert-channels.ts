import { z } from 'zod'
import { ALERT_SEVERITIES, ALERT_TYPES } from './alert-document.ts'

/**
 * The channels on which a tenant is alerted, as its configuration stores them. Their secrets (the token of a bot, the URL of a Slack
 * webhook, the key of a webhook) are not here: they are sealed, under the names that `secretOfChannel` gives.
 */
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/

const name = z.string().regex(NAME, 'must be a short name of a-z, 0-9 and "-", like ops')

const webUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2000)

const common = {
  name,
  /** Alerts below this severity do not go to the channel. */
  minSeverity: z.enum(ALERT_SEVERITIES).optional(),
  /** Only alerts of these types go to the channel. Absent: all. */
  types: z.array(z.enum(ALERT_TYPES)).min(1).optional(),
}

export const alertChannelSchema = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('telegram'), chatId: z.string().min(1).max(64) }),
  z.object({ ...common, type: z.literal('slack') }),
  z.object({ ...common, type: z.literal('email'), to: z.array(z.email()).min(1).max(20) }),
  z.object({ ...common, type: z.literal('webhook'), url: webUrl }),
])

export type AlertChannel = z.infer<typeof alertChannelSchema>

/** The secret of each type of channel, and whether the channel works without it. */
export const CHANNEL_SECRETS = {
  telegram: { field: 'token', isRequired: true },
  slack: { field: 'webhook', isRequired: true },
  email: null,
  webhook: { field: 'key', isRequired: false },
} as const satisfies Record<AlertChannel['type'], { field: string; isRequired: boolean } | null>

/** The name of a channel's sealed secret. Names of other secrets have no dot. Null for a type without a secret. */
export function secretOfChannel({ name, type }: Pick<AlertChannel, 'name' | 'type'>): string | null {
  const secret = CHANNEL_SECRETS[type]
  return secret && `channel.${name}.${secret.field}`
}
