import type { AlertDocument } from '@holdfast/core/operations/alert-document'
import { isWorse } from '@holdfast/core/operations/alert-types'
import { apiKeyDocumentSchema, apiKeyPath } from '@holdfast/core/operations/api-key-document'
import { PUSH_DEVICES, type PushDevice, pushDevicePath, pushDeviceSchema } from '@holdfast/core/operations/push-device-document'
import { loadTenantCipher } from '@holdfast/core/operations/tenant-secrets'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import type { PushKeys, PushSubscription } from '@holdfast/core/security/web-push'
import { OPERATOR_KEY, type Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { maySee } from './list-alerts.ts'
import { openPushKeys } from './push-keys.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

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
    else if (!isWorse(device.minSeverity, severity)) {
      const person = await personAt(needed, device)
      if (person && maySee(person, alert)) channels.add(`${PREFIX}${snapshot.id}`)
    }
  }
  return [...channels]
}

/** The browsers that a test of a tenant's channels reaches. */
export async function devicesOfTenant(needed: Needed, tenant: string): Promise<readonly string[]> {
  const found = await needed.documents.query({ collection: PUSH_DEVICES, where: [['tenant', '==', tenant]] })
  const channels = await Promise.all(
    found.map(async (snapshot) => {
      const device = parseUnlessDamaged(pushDeviceSchema, snapshot)
      return !isHoldfastError(device) && (await personAt(needed, device)) ? [`${PREFIX}${snapshot.id}`] : []
    }),
  )
  return channels.flat()
}

/**
 * Opens the subscription of a browser. Null when it was removed, or its person may see nothing any more.
 *
 * @throws HoldfastError when a secret does not open
 */
export async function openDevice(needed: Needed, channel: string): Promise<PushChannel | null> {
  const { documents, wrappingKey } = needed
  const path = deviceOf(channel)
  const found = await documents.read(path)
  if (!found) return null
  const device = parseStored(pushDeviceSchema, found.fields, path)
  if (!(await personAt(needed, device))) return null
  const { tenant, sealed } = device
  const [keys, cipher] = await Promise.all([openPushKeys(needed, tenant), loadTenantCipher(documents, tenant, wrappingKey)])
  if (!keys || !cipher) return null
  return { type: 'push', keys, subscription: JSON.parse(cipher.open(path, sealed)) as PushSubscription }
}

/** Ends a browser whose subscription has ended. Whoever sends notices cannot delete: Firestore removes the document. */
export async function endDevice({ documents, clock, logger }: Needed, channel: string): Promise<void> {
  const path = deviceOf(channel)
  try {
    await documents.commit([{ kind: 'update', path, fields: { expireAt: new Date(clock.now()) } }])
  } catch (error) {
    // Somebody has removed it meanwhile.
    if (await documents.read(path)) throw error
  }
  logger.info({ device: channel.slice(PREFIX.length) }, 'A browser has ended its subscription, and gets no more notices.')
}

/**
 * Returns what the person at a browser may see now. Null when the subscription has ended, or the key with which the person signed in opens nothing
 * any more. The operator's keys are in no document: browsers of operators end when somebody removes them.
 */
export async function personAt(
  { documents, tenants, clock }: Needed,
  { key, tenant, expireAt }: PushDevice,
): Promise<Principal | null> {
  if (expireAt) return null
  if (key === OPERATOR_KEY) return { key, tenant, role: 'operator', sessions: 'all', requestsPerMinute: null }
  const found = await documents.read(apiKeyPath(key))
  const known = found && parseUnlessDamaged(apiKeyDocumentSchema, found)
  if (!known || isHoldfastError(known) || known.revokedAt) return null
  if (known.expiresAt && known.expiresAt.getTime() <= clock.now()) return null
  // A deletion that was cut short has not revoked all keys.
  if ((await tenants.of(tenant)).state === 'deleting') return null
  const { role, sessions, requestsPerMinute } = known
  return { key, tenant, role, sessions: sessions ?? 'all', requestsPerMinute }
}
