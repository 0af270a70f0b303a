/**
 * The service worker. It keeps the shell of the page, so that the app opens without a network and says that it has none. It never
 * keeps, and never looks at, an answer of the API. It shows alerts that are pushed while no page is open.
 */

const worker = globalThis as unknown as ServiceWorkerGlobalScope
const SCOPE = '/dashboard/'
const ASSETS = `${SCOPE}assets/`
const SHELL = 'shell-1'

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(activate()))

worker.addEventListener('fetch', (event) => {
  const { pathname, origin } = new URL(event.request.url)
  if (event.request.method !== 'GET' || origin !== worker.location.origin || !pathname.startsWith(SCOPE)) return
  event.respondWith(pathname.startsWith(ASSETS) ? keptFirst(event.request) : networkFirst(event.request))
})

worker.addEventListener('push', (event) => event.waitUntil(show(event.data)))

worker.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openAlerts())
})

/** A browser ends the subscription of a worker that shows nothing for a push. */
async function show(data: PushMessageData | null): Promise<void> {
  const { title, body, tag } = read(data)
  await worker.registration.showNotification(title, { body, tag, icon: `${SCOPE}icon-192.png`, badge: `${SCOPE}icon-192.png` })
}

function read(data: PushMessageData | null): { readonly title: string; readonly body: string; readonly tag: string } {
  const unreadable = { title: 'Holdfast', body: '', tag: 'alert' }
  try {
    return { ...unreadable, ...(data?.json() as object) }
  } catch {
    return unreadable
  }
}

/** A page that is open already shows the alerts, else a new one. */
async function openAlerts(): Promise<void> {
  const address = `${SCOPE}#/alerts`
  const [page] = await worker.clients.matchAll({ type: 'window' })
  if (page) await (await page.focus()).navigate(address)
  else await worker.clients.openWindow(address)
}

/** The page that installs the worker has loaded its files already: they are fetched once more, from the browser's own cache. */
async function install(): Promise<void> {
  const cache = await caches.open(SHELL)
  await cache.addAll([SCOPE, `${SCOPE}icon.svg`])
  const document = await cache.match(SCOPE)
  await cache.addAll(document ? assetsOf(await document.text()) : [])
  await worker.skipWaiting()
}

async function activate(): Promise<void> {
  for (const name of await caches.keys()) if (name !== SHELL) await caches.delete(name)
  await worker.clients.claim()
}

/** Files whose name has the hash of what is in them never change. */
async function keptFirst(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

/** The document names the files: an old one is shown only when there is no new one. */
async function networkFirst(request: Request): Promise<Response> {
  const cache = await caches.open(SHELL)
  const isDocument = request.mode === 'navigate'
  const address = isDocument ? SCOPE : request
  try {
    const response = await fetch(request)
    if (response.ok) {
      if (isDocument) await forgetOthers(cache, await response.clone().text())
      await cache.put(address, response.clone())
    }
    return response
  } catch (error) {
    const kept = await cache.match(address)
    if (kept) return kept
    throw error
  }
}

/** Removes the files of an earlier version, once the document is another one. */
async function forgetOthers(cache: Cache, document: string): Promise<void> {
  const before = await (await cache.match(SCOPE))?.text()
  if (before === undefined || before === document) return
  for (const request of await cache.keys()) if (request.url.includes(ASSETS)) await cache.delete(request)
}

const assetsOf = (document: string): string[] =>
  [...document.matchAll(/"(\/dashboard\/assets\/[\w.-]+)"/g)].map(([, path = '']) => path)
