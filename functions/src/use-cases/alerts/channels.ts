import { type AlertChannel, secretOfChannel } from '@holdfast/core/operations/alert-channels'
import type { AlertDocument, AlertSeverity } from '@holdfast/core/operations/alert-document'
import { isWorse } from '@holdfast/core/operations/alert-types'
import { openTenantSecrets } from '@holdfast/core/operations/tenant-secrets'
import type { Dependencies } from '../dependencies.ts'
import type { InstallationChannel, Notifications } from './notification-settings.ts'
import { devicesFor, isDevice, openDevice, type PushChannel } from './push-channels.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'> & {
  readonly notifications: Notifications
}

/** A channel without its secrets. */
interface NamedChannel {
  /** `installation.TYPE`, or the name of a channel of the tenant, which has no dot. */
  readonly name: string
  readonly minSeverity: AlertSeverity
  /** Null: all. */
  readonly types: readonly string[] | null
}

/** A channel with all that is needed to send. */
export type OpenChannel = InstallationChannel | PushChannel

const INSTALLATION = 'installation.'

/** Channels of the installation, for what concerns no tenant, and for tenants that have none of their own. */
export const installationChannels = ({ notifications }: Pick<Needed, 'notifications'>): readonly NamedChannel[] =>
  notifications.channels.map(({ type }) => ({
    name: `${INSTALLATION}${type}`,
    minSeverity: notifications.minSeverity,
    types: null,
  }))

export async function tenantChannels({ tenants }: Pick<Needed, 'tenants'>, tenant: string): Promise<readonly NamedChannel[]> {
  const { alerts } = await tenants.settingsOf(tenant)
  return alerts.channels.map(({ name, minSeverity = 'info', types = null }) => ({ name, minSeverity, types }))
}

/** Returns the names of the channels and browsers that an alert goes to. */
export async function channelsOf(
  needed: Needed,
  alert: Pick<AlertDocument, 'tenant' | 'scope' | 'severity' | 'type'>,
): Promise<readonly string[]> {
  const { tenant, severity, type } = alert
  const own = tenant === null ? [] : await tenantChannels(needed, tenant)
  const channels = own.length > 0 ? own : installationChannels(needed)
  const told = channels
    .filter(({ minSeverity, types }) => !isWorse(minSeverity, severity) && (types === null || types.includes(type)))
    .map(({ name }) => name)
  return [...told, ...(await devicesFor(needed, alert, own.length === 0))]
}

/**
 * Returns a channel with its secrets. Null when it does not exist any more, or lacks a secret.
 *
 * @throws HoldfastError when a secret does not open
 */
export async function openChannel(needed: Needed, tenant: string | null, name: string): Promise<OpenChannel | null> {
  if (name.startsWith(INSTALLATION)) {
    return needed.notifications.channels.find(({ type }) => name === `${INSTALLATION}${type}`) ?? null
  }
  if (isDevice(name)) return openDevice(needed, name)
  if (tenant === null) return null
  const { alerts } = await needed.tenants.settingsOf(tenant)
  const channel = alerts.channels.find((one) => one.name === name)
  return channel ? withSecret(needed, tenant, channel) : null
}

async function withSecret(needed: Needed, tenant: string, channel: AlertChannel): Promise<OpenChannel | null> {
  const name = secretOfChannel(channel)
  const secret = name === null ? null : await openTenantSecrets(needed)(tenant, name)
  switch (channel.type) {
    case 'telegram':
      return secret === null ? null : { type: 'telegram', token: secret, chatId: channel.chatId }
    case 'slack':
      return secret === null ? null : { type: 'slack', webhook: secret }
    case 'email':
      return { type: 'email', to: channel.to }
    case 'webhook':
      return { type: 'webhook', url: channel.url, key: secret }
  }
}
