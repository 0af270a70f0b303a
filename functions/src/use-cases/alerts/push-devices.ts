import type { AlertSeverity } from '@holdfast/core/operations/alert-document'
import {
  PUSH_DEVICE_ID,
  PUSH_DEVICES,
  type PushDevice,
  pushDeviceIdOf,
  pushDevicePath,
  pushDeviceSchema,
} from '@holdfast/core/operations/push-device-document'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseStored, parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { hasPushKeys, type PushSubscription } from '@holdfast/core/security/web-push'
import type { Principal } from '../../app/principal.ts'
import type { Dependencies } from '../dependencies.ts'
import { Refusal } from '../refusal.ts'
import { cipherOfTenant } from '../tenant-cipher.ts'
import { personAt } from './push-channels.ts'
import { publicPushKey } from './push-keys.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'wrappingKey' | 'clock' | 'logger'>

/** Browsers of a tenant. Each notice is sent to all of them. */
const MOST_DEVICES = 50

/** One key leaves the others room. */
const MOST_OF_A_KEY = 20

interface DeviceRequest {
  readonly name: string
  readonly minSeverity: AlertSeverity
  readonly subscription: PushSubscription
}

type DeviceAnswer = ReturnType<typeof answerOf>

/** Lists the browsers that the caller may know of: those of its own key, for an admin all of the tenant, for the operator also all of operators. */
export async function listDevices(
  needed: Needed,
  principal: Principal,
): Promise<{ readonly publicKey: string; readonly devices: readonly DeviceAnswer[] }> {
  const { documents, logger } = needed
  const { tenant, role } = principal
  const ofTenant = await documents.query({ collection: PUSH_DEVICES, where: [['tenant', '==', tenant]] })
  const ofOperators =
    role === 'operator' ? await documents.query({ collection: PUSH_DEVICES, where: [['isOperator', '==', true]] }) : []
  const found = [...ofTenant, ...ofOperators.filter(({ fields }) => fields['tenant'] !== tenant)]
  const devices = found.flatMap(({ id, fields, path }) => {
    const device = parseUnlessDamaged(pushDeviceSchema, { fields, path })
    if (!isHoldfastError(device)) return !device.expireAt && mayManage(principal, device) ? [answerOf(id, device, principal)] : []
    logger.error({ error: device, device: id }, 'The document of a push device is damaged; the list lacks it.')
    return []
  })
  devices.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
  return { publicKey: await publicPushKey(needed, tenant), devices }
}

/**
 * Shows alerts in a browser from now on. The call may be repeated, and then changes how.
 *
 * @throws Refusal `invalid-subscription`, `quota-exceeded`
 */
export async function addDevice(
  needed: Needed,
  principal: Principal,
  { name, minSeverity, subscription }: DeviceRequest,
): Promise<DeviceAnswer> {
  const { documents, clock, logger } = needed
  const { tenant, key, role } = principal
  if (!hasPushKeys(subscription)) {
    throw new Refusal(
      'invalid-subscription',
      'Send what PushSubscription.toJSON() gives: `p256dh` is a point of P-256, `auth` has 16 bytes.',
    )
  }
  const id = pushDeviceIdOf(tenant, subscription.endpoint)
  const path = pushDevicePath(id)
  await requireRoom(needed, principal, id)
  // The keys of the tenant exist, because the browser has subscribed for them.
  await publicPushKey(needed, tenant)
  const { cipher } = await cipherOfTenant(needed, tenant, true)
  const device: PushDevice = {
    v: 1,
    tenant,
    name,
    key,
    isOperator: role === 'operator',
    minSeverity,
    sealed: cipher.seal(path, JSON.stringify(subscription)),
    createdAt: new Date(clock.now()),
    expireAt: null,
  }
  await documents.commit([{ kind: 'merge', path, fields: { ...device } }])
  logger.info({ device: id, by: key }, 'A browser shows alerts from now on.')
  return answerOf(id, device, principal)
}

/**
 * Makes room for a browser: those of keys that open nothing any more show nothing, and are removed when they would be in the way.
 *
 * @throws Refusal `quota-exceeded`
 */
async function requireRoom(needed: Needed, { tenant, key }: Principal, id: string): Promise<void> {
  const { documents, logger } = needed
  const known = await documents.query({ collection: PUSH_DEVICES, where: [['tenant', '==', tenant]] })
  const others = known.filter((one) => one.id !== id && !one.fields['expireAt'])
  if (others.filter(({ fields }) => fields['key'] === key).length >= MOST_OF_A_KEY) {
    throw new Refusal('quota-exceeded', `An API key has at most ${MOST_OF_A_KEY} browsers for alerts. Remove one first.`)
  }
  if (others.length < MOST_DEVICES) return
  const ended: string[] = []
  for (const { path, fields } of others) {
    const device = parseUnlessDamaged(pushDeviceSchema, { fields, path })
    if (!isHoldfastError(device) && (await personAt(needed, device)) === null) ended.push(path)
  }
  if (others.length - ended.length >= MOST_DEVICES) {
    throw new Refusal('quota-exceeded', `A tenant has at most ${MOST_DEVICES} browsers for alerts. Remove one first.`)
  }
  await documents.commit(ended.map((path) => ({ kind: 'delete', path })))
  logger.info({ tenant, devices: ended.length }, 'Browsers whose API key is not valid any more were removed.')
}

/**
 * Shows no more alerts in a browser.
 *
 * @throws Refusal `unknown-device`
 */
export async function removeDevice(
  { documents, logger }: Pick<Needed, 'documents' | 'logger'>,
  principal: Principal,
  id: string,
): Promise<DeviceAnswer> {
  const path = pushDevicePath(id)
  const found = PUSH_DEVICE_ID.test(id) ? await documents.read(path) : null
  const device = found && parseStored(pushDeviceSchema, found.fields, path)
  if (!device || device.expireAt || !isWithinReach(principal, device) || !mayManage(principal, device)) {
    throw new Refusal('unknown-device', 'GET /api/alerts/devices lists the browsers with their ids.')
  }
  await documents.commit([{ kind: 'delete', path }])
  logger.info({ device: id, by: principal.key }, 'A browser shows alerts no more.')
  return answerOf(id, device, principal)
}

const isWithinReach = ({ tenant, role }: Principal, device: PushDevice): boolean =>
  device.tenant === tenant || (role === 'operator' && device.isOperator)

/** A key that is limited to some sessions manages its own browsers only. */
const mayManage = ({ key, role, sessions }: Principal, device: Pick<PushDevice, 'key'>): boolean =>
  device.key === key || ((role === 'operator' || role === 'admin') && sessions === 'all')

const answerOf = (id: string, { name, key, minSeverity, createdAt }: PushDevice, principal: Principal) => ({
  id,
  name,
  minSeverity,
  createdAt,
  createdBy: key,
  isMine: key === principal.key,
})
