import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MiddlewareHandler } from 'hono'
import { problem } from '../problems.ts'
import { PAGE_HEADERS } from './dashboard.ts'
import { sendFile } from './send-file.ts'
import { StaticFiles, staticFile } from './static-files.ts'

const DOCS = '/api/docs'

/** The files of Swagger UI that the page loads. Its package has many more. */
export const SWAGGER_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css'] as const

/** Where they are: beside the bundle that was deployed, or in their package. */
export function swaggerFolder(): string {
  const beside = fileURLToPath(new URL('./api-docs', import.meta.url))
  return existsSync(beside) ? beside : dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
}

/** Swagger UI writes styles into the document. Nothing else may. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const HEADERS = { ...PAGE_HEADERS, 'Content-Security-Policy': POLICY }

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Holdfast API</title>
<link rel="stylesheet" href="${DOCS}/swagger-ui.css">
<link rel="icon" href="data:,">
<div id="page"></div>
<script src="${DOCS}/swagger-ui-bundle.js"></script>
<script src="${DOCS}/start.js"></script>
</html>
`

/** Without a validator nothing is sent elsewhere. A browser that is signed in needs no key, and says that its changes come from this page. */
const START = `document.documentElement.classList.toggle('dark-mode', matchMedia('(prefers-color-scheme: dark)').matches)
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#page',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
  queryConfigEnabled: false,
  tryItOutEnabled: false,
  requestInterceptor: (request) => {
    if (new URL(request.url, location.href).origin === location.origin) request.headers['X-Holdfast-Csrf'] = '1'
    return request
  },
})
`

const OWN = new Map([
  ['', staticFile('index.html', Buffer.from(PAGE))],
  ['start.js', staticFile('start.js', Buffer.from(START))],
])

/**
 * Serves the page that shows the description of the API. All of it comes from here. Every other request below the address goes on to the API,
 * because it concerns a session with the name `docs`.
 */
export function serveApiDocs(folder: () => string = swaggerFolder): MiddlewareHandler {
  let files: StaticFiles | undefined
  return async ({ req }, next) => {
    const name = req.path.slice(DOCS.length).replace(/^\//, '')
    const isOfPage = OWN.has(name) || SWAGGER_FILES.some((file) => file === name)
    if (!isOfPage || (req.method !== 'GET' && req.method !== 'HEAD')) return next()
    files ??= new StaticFiles(folder(), SWAGGER_FILES)
    const file = OWN.get(name) ?? files.get(name)
    if (!file) throw problem('not-found', 'The page has no such file.')
    return sendFile(files, file, req, HEADERS)
  }
}
