import { browserName } from '../platform/browser-name.ts'
import { keep, kept } from '../platform/kept.ts'
import { serviceWorker } from '../platform/worker.ts'
import { answerOf, api, isProblem } from './api.ts'
import { chosenTenant } from './sign-in.ts'

/** Alerts that this browser shows while no page is open. */

/** Under this name the browser remembers its id at the API. */
const DEVICE = 'device'

/** `elsewhere`: it shows those of another tenant or person, and can show those of one only. */
export type PushState = 'unsupported' | 'denied' | 'off' | 'elsewhere' | 'on'

/** An iPhone has it only for a page that was added to its home screen. */
const worker = async (): Promise<ServiceWorkerRegistration | null> =>
  'PushManager' in globalThis && 'Notification' in globalThis ? serviceWorker() : null

/** Says whether this browser shows alerts to the person who is signed in, in the tenant that has the given browsers. */
export async function pushState(devices: readonly { readonly id: string; readonly isMine: boolean }[]): Promise<PushState> {
  const registration = await worker()
  if (!registration) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const subscription = await registration.pushManager.getSubscription()
  if (subscription === null || kept(DEVICE) === null) return 'off'
  return devices.some(({ id, isMine }) => isMine && isThisBrowser(id)) ? 'on' : 'elsewhere'
}

export const isThisBrowser = (device: string): boolean => kept(DEVICE) === device

/** Asks the person, and then shows alerts here. Returns the state that results. */
export async function switchPushOn(publicKey: string): Promise<PushState> {
  const here = chosenTenant.value
  const registration = await worker()
  if (!registration) return 'unsupported'
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  await navigator.serviceWorker.ready
  // A subscription belongs to one key, which is another one in another tenant.
  await leavePush()
  if (chosenTenant.value !== here) return 'off'
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
  const { endpoint = '', keys = {} } = subscription.toJSON()
  const { p256dh = '', auth = '' } = keys
  const name = browserName(navigator.userAgent)
  const body = { name, subscription: { endpoint, keys: { p256dh, auth } } }
  try {
    keep(DEVICE, (await answerOf(api.POST('/api/alerts/devices', { body }))).id)
  } catch (error) {
    await subscription.unsubscribe()
    throw error
  }
  return 'on'
}

/** Shows alerts no more in a browser, this one or another. */
export async function removeDevice(id: string): Promise<void> {
  if (isThisBrowser(id)) await leavePush()
  else await forgetThere(id)
}

/**
 * Shows no more alerts here: whoever signs out leaves. Either of its two steps is enough.
 *
 * @throws when neither the browser nor the API could do it
 */
export async function leavePush(): Promise<void> {
  const id = kept(DEVICE)
  const steps = await Promise.allSettled([unsubscribe(), ...(id === null ? [] : [forgetThere(id)])])
  const failed = steps.find((step) => step.status === 'rejected')
  if (failed && steps.every(({ status }) => status === 'rejected')) throw failed.reason
  keep(DEVICE, null)
}

async function unsubscribe(): Promise<void> {
  await (await (await worker())?.pushManager.getSubscription())?.unsubscribe()
}

async function forgetThere(id: string): Promise<void> {
  try {
    await answerOf(api.DELETE('/api/alerts/devices/{id}', { params: { path: { id } } }))
  } catch (error) {
    if (!isProblem(error, 'unknown-device')) throw error
  }
}
