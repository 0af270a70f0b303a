let registered: Promise<ServiceWorkerRegistration | null> | null = null

/**
 * Returns the service worker of the page, which it registers. Null where there is none: an old browser, or development, which has no built
 * worker. Without it the page works, but cannot be installed.
 */
export async function serviceWorker(): Promise<ServiceWorkerRegistration | null> {
  registered ??= register()
  const found = await registered
  // A request for it that was lost is made again the next time.
  if (!found) registered = null
  return found
}

async function register(): Promise<ServiceWorkerRegistration | null> {
  if (!import.meta.env.PROD) return null
  try {
    return (await navigator.serviceWorker?.register('/dashboard/worker.js', { scope: '/dashboard/' })) ?? null
  } catch {
    return null
  }
}
