import { browserName } from '../platform/browser-name.ts'
import { keep, kept } from '../platform/kept.ts'
import { serviceWorker } from '../platform/worker.ts'
import { answerOf, api, isProblem } from './api.ts'

/** Alerts that this browser shows while no page is open. */

/** Under this name the browser remembers its id at the API. */
const DEVICE = 'device'

export type PushState = 'unsupported' | 'denied' | 'off' | 'on'

/** An iPhone has it only for a page that was added to its home screen. */
const worker = async (): Promise<ServiceWorkerRegistration | null> =>
  'PushManager' in globalThis && 'Notification' in globalThis ? serviceWorker() : null

/** Says whether this browser shows alerts of the tenant that has the given browsers. */
export async function pushState(devices: readonly { readonly id: string }[]): Promise<PushState> {
  const registration = await worker()
  if (!registration) return 'unsupported'
  if (Notification.permission === 'denied') return 'denied'
  const subscription = await registration.pushManager.getSubscription()
  return subscription !== null && devices.some(({ id }) => isThisBrowser(id)) ? 'on' : 'off'
}

export const isThisBrowser = (device: string): boolean => kept(DEVICE) === device

/** Asks the person, and then shows alerts here. Returns the state that results. */
export async function switchPushOn(publicKey: string): Promise<PushState> {
  const registration = await worker()
  if (!registration) return 'unsupported'
  if ((await Notification.requestPermission()) !== 'granted') return 'denied'
  await navigator.serviceWorker.ready
  // A subscription belongs to one key, which is another one in another tenant.
  await (await registration.pushManager.getSubscription())?.unsubscribe()
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
  const { endpoint = '', keys = {} } = subscription.toJSON()
  const { p256dh = '', auth = '' } = keys
  const name = browserName(navigator.userAgent)
  const body = { name, subscription: { endpoint, keys: { p256dh, auth } } }
  keep(DEVICE, (await answerOf(api.POST('/api/alerts/devices', { body }))).id)
  return 'on'
}

/** Shows alerts no more in a browser, this one or another. */
export async function removeDevice(id: string): Promise<void> {
  if (isThisBrowser(id)) {
    await (await (await worker())?.pushManager.getSubscription())?.unsubscribe()
    keep(DEVICE, null)
  }
  try {
    await answerOf(api.DELETE('/api/alerts/devices/{id}', { params: { path: { id } } }))
  } catch (error) {
    if (!isProblem(error, 'unknown-device')) throw error
  }
}

/** Whoever signs out leaves: nobody reads this person's alerts here afterwards. */
export async function leavePush(): Promise<void> {
  const id = kept(DEVICE)
  if (id !== null) await removeDevice(id)
}
