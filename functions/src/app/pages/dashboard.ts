import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { MiddlewareHandler } from 'hono'
import { problem } from '../problems.ts'
import { sendFile } from './send-file.ts'
import { StaticFiles } from './static-files.ts'

export const DASHBOARD = '/dashboard/'

/** Where the built page is: beside the bundle that was deployed, or in the tree. */
export function dashboardFolder(): string {
  const beside = fileURLToPath(new URL('./dashboard', import.meta.url))
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../../../dashboard/dist', import.meta.url))
}

/** The page loads nothing from elsewhere, runs no script of a text, and is shown in no other page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

export const PAGE_HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
}

/** Serves the dashboard. A path without a file of its own is a screen, which the page itself finds. */
export function serveDashboard(folder: string = dashboardFolder()): MiddlewareHandler {
  const files = new StaticFiles(folder)
  return async ({ req, redirect }) => {
    // Hono's own path has no slash at its end.
    const { pathname } = new URL(req.url)
    if (!pathname.startsWith(DASHBOARD)) return redirect(DASHBOARD, 302)
    if (req.method !== 'GET' && req.method !== 'HEAD') throw problem('not-found', 'The dashboard only answers GET.')
    const path = decoded(pathname).slice(DASHBOARD.length)
    const file = files.get(path)
    if (file && path !== 'index.html') return sendFile(files, file, req, PAGE_HEADERS)
    // A file that is missing is no screen: a browser would take the page for a script.
    if (/^assets\/|\.\w{2,5}$/.test(path) && path !== 'index.html') throw problem('not-found', 'The dashboard has no such file.')
    const page = files.get('index.html')
    if (!page) return new Response(NOT_BUILT, { status: 503, headers: { ...PAGE_HEADERS, ...NOT_KEPT } })
    return sendFile(files, page, req, { ...PAGE_HEADERS, 'Cache-Control': 'no-store' })
  }
}

/** A path with a wrong escape has no file. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const NOT_KEPT = { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast</title>
<h1>The dashboard is not built</h1>
<p>Build it with this command, and load the page again:</p>
<pre>npm run dashboard</pre>
</html>
`
