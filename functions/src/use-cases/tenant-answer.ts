import { type AlertChannel, CHANNEL_SECRETS, secretOfChannel } from '@holdfast/core/operations/alert-channels'
import type { TenantDocument } from '@holdfast/core/operations/tenant-document'
import { versionOfTenant } from './tenant-version.ts'
import { effectiveConfig, type TenantDefaults } from '@holdfast/core/operations/tenant-settings'

/** A secret is never shown, only that it is set. */
const SET = { set: true } as const

export type TenantAnswer = ReturnType<typeof tenantAnswer>

/** Shows a tenant without its secrets. `document` is null for the tenant `default` while nobody has configured it. */
export function tenantAnswer(id: string, document: TenantDocument | null, defaults: TenantDefaults) {
  const { alerts, webhooks: _, ...others } = effectiveConfig(document, defaults)
  const settings = { ...others, alerts: { quietHours: alerts.quietHours, reminders: alerts.reminders } }
  const secrets = Object.keys(document?.secrets ?? {})
  const names = secrets.filter((name) => !name.includes('.')).toSorted()
  return {
    id,
    name: document?.name ?? id,
    version: versionOfTenant(document),
    state: document?.state ?? ('active' as const),
    createdAt: document?.createdAt ?? null,
    deletingSince: document?.deletingSince ?? null,
    config: configAnswer(document?.config ?? {}, new Set(secrets)),
    settings,
    secrets: Object.fromEntries(names.map((name) => [name, SET])),
  }
}

function configAnswer(config: TenantDocument['config'], secrets: ReadonlySet<string>) {
  const channels = config.alerts?.channels
  if (!channels) return config
  return { ...config, alerts: { ...config.alerts, channels: channels.map((channel) => channelAnswer(channel, secrets)) } }
}

function channelAnswer(channel: AlertChannel, secrets: ReadonlySet<string>) {
  const secret = CHANNEL_SECRETS[channel.type]
  const isSet = secrets.has(secretOfChannel(channel) ?? '')
  return { ...channel, ...(secret && isSet ? { [secret.field]: SET } : {}) }
}
