import type { AlertDocument } from '@holdfast/core/operations/alert-document'
import { isWorse } from '@holdfast/core/operations/alert-types'
import { apiKeyDocumentSchema, apiKeyPath } from '@holdfast/core/operations/api-key-document'
import { PUSH_DEVICES, type PushDevice, pushDevicePath, pushDeviceSchema } from '@holdfast/core/operations/push-device-document'
import { loadTenantCipher } from '@holdfast/core/operations/tenant-secrets'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { PushKeys, PushSubscription } from '@holdfast/core/security/web-push'
import { OPERATOR_KEY } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { maySee } from './list-alerts.ts'
import { openPushKeys } from './push-keys.ts'

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

/** A browser with all that is needed to send. */
export interface PushChannel {
  readonly type: 'push'
  readonly subscription: PushSubscription
  readonly keys: PushKeys
}

/** Names of other channels have no dot, or begin with `installation.`. */
const PREFIX = 'device.'

export const isDevice = (channel: string): boolean => channel.startsWith(PREFIX)

/** The path of the document of a channel that is a browser. */
const deviceOf = (channel: string): string => pushDevicePath(channel.slice(PREFIX.length))

/**
 * Returns the names of the browsers that show an alert: those of its tenant whose person may see it, and those of operators when it goes to
 * the channels of the installation. The key with which somebody signed in counts as it is now.
 */
export async function devicesFor(
  needed: Needed,
  alert: Pick<AlertDocument, 'tenant' | 'scope' | 'severity'>,
  isForInstallation: boolean,
): Promise<readonly string[]> {
  const { tenant, severity } = alert
  const of = async (field: 'tenant' | 'isOperator', value: string | boolean) =>
    needed.documents.query({ collection: PUSH_DEVICES, where: [[field, '==', value]] })
  const found = (
    await Promise.all([tenant === null ? [] : of('tenant', tenant), isForInstallation ? of('isOperator', true) : []])
  ).flat()
  const channels = new Set<string>()
  for (const snapshot of found) {
    const device = parseUnlessDamaged(pushDeviceSchema, snapshot)
    if (isHoldfastError(device)) needed.logger.error({ error: device, device: snapshot.id }, 'A push device is damaged.')
    else if (!device.expireAt && !isWorse(device.minSeverity, severity) && (await mayStillSee(needed, device, alert)))
      channels.add(`${PREFIX}${snapshot.id}`)
  }
  return [...channels]
}

/** The browsers that a test of a tenant's channels reaches. */
export async function devicesOfTenant({ documents }: Pick<Needed, 'documents'>, tenant: string): Promise<readonly string[]> {
  const where = [['tenant', '==', tenant] as const]
  const found = await documents.query({ collection: PUSH_DEVICES, where })
  return found.filter(({ fields }) => !fields['expireAt']).map(({ id }) => `${PREFIX}${id}`)
}

/**
 * Opens the subscription of a browser. Null when it was removed.
 *
 * @throws HoldfastError when a secret does not open
 */
export async function openDevice(needed: Needed, channel: string): Promise<PushChannel | null> {
  const { documents, wrappingKey } = needed
  const path = deviceOf(channel)
  const found = await documents.read(path)
  if (!found) return null
  const { tenant, sealed } = parseStored(pushDeviceSchema, found.fields, path)
  const [keys, cipher] = await Promise.all([openPushKeys(needed, tenant), loadTenantCipher(documents, tenant, wrappingKey)])
  if (!keys || !cipher) return null
  return { type: 'push', keys, subscription: JSON.parse(cipher.open(path, sealed)) as PushSubscription }
}

/** Ends a browser whose subscription has ended. Whoever sends notices cannot delete: Firestore removes the document. */
export async function endDevice({ documents, clock, logger }: Needed, channel: string): Promise<void> {
  await documents.commit([{ kind: 'merge', path: deviceOf(channel), fields: { expireAt: new Date(clock.now()) } }])
  logger.info({ device: channel.slice(PREFIX.length) }, 'A browser has ended its subscription, and gets no more notices.')
}

async function mayStillSee(
  { documents, clock }: Needed,
  { key: id, tenant }: PushDevice,
  alert: Pick<AlertDocument, 'tenant' | 'scope'>,
): Promise<boolean> {
  if (id === OPERATOR_KEY) return true
  const path = apiKeyPath(id)
  const found = await documents.read(path)
  if (!found) return false
  const key = parseUnlessDamaged(apiKeyDocumentSchema, found)
  // It opens nothing else either.
  if (isHoldfastError(key)) return false
  const { revokedAt, expiresAt, role, sessions, requestsPerMinute } = key
  if (revokedAt || (expiresAt && expiresAt.getTime() <= clock.now())) return false
  return maySee({ key: id, tenant, role, sessions: sessions ?? 'all', requestsPerMinute }, alert)
}
