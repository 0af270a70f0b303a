import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problem, problemOf } from '../problems.ts'
import { serveApiDocs } from './api-docs.ts'
import { serveDashboard } from './dashboard.ts'

let folder: string
let app: Hono
const script = `const long = '${'x'.repeat(5000)}'`

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-pages-'))
  mkdirSync(join(folder, 'dist/assets'), { recursive: true })
  const files = {
    'secret.txt': 'secret',
    'dist/index.html': '<!doctype html>the page',
    'dist/worker.js': 'self',
    'dist/assets/index-B2h8a_3x.js': script,
    'dist/assets/ñ.css': 'a{}',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  symlinkSync(join(folder, 'secret.txt'), join(folder, 'dist/link.txt'))
  app = new Hono({ strict: false })
  app.notFound(() => problem('not-found', 'Nothing is here.').getResponse())
  app.onError((error) => problemOf(error)?.getResponse() ?? new Response(String(error), { status: 500 }))
  app.use('/dashboard/*', serveDashboard(join(folder, 'dist')))
  app.use('/api/docs/*', serveApiDocs())
})
afterAll(() => rmSync(folder, { recursive: true }))

const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

describe('the dashboard', () => {
  it.each(['/dashboard/', '/dashboard/sessions', '/dashboard/sessions/main', '/dashboard/index.html', '/dashboard/%zz'])(
    'answers %s with its page, which nobody keeps',
    async (path) => {
      const response = await get(path)
      expect([response.status, await response.text()]).toEqual([200, '<!doctype html>the page'])
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    },
  )

  it('is where a browser is sent', async () => {
    const { status, headers } = await get('/dashboard')
    expect([status, headers.get('location')]).toEqual([302, '/dashboard/'])
  })

  it('has a policy that lets nothing in from elsewhere', async () => {
    const { headers } = await get('/dashboard/')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; /)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    for (const part of ["base-uri 'none'", "frame-ancestors 'none'", "script-src 'self'"]) expect(policy).toContain(part)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('lets browsers keep a file whose name has a hash, and ask for any other', async () => {
    expect((await get('/dashboard/assets/index-B2h8a_3x.js')).headers.get('cache-control')).toBe(
      'public, max-age=31536000, immutable',
    )
    const first = await get('/dashboard/worker.js')
    expect(first.headers.get('cache-control')).toBe('no-cache')
    expect(first.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    const etag = first.headers.get('etag') ?? ''
    for (const given of [etag, `W/${etag}`, `"other", ${etag}`]) {
      expect((await get('/dashboard/worker.js', { 'If-None-Match': given })).status).toBe(304)
    }
    expect((await get('/dashboard/worker.js', { 'If-None-Match': '"other"' })).status).toBe(200)
  })

  it.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['gzip', 'br;q=0, gzip;q=0.5', gunzipSync],
    [null, 'identity', (bytes: Buffer) => bytes],
    [null, '', (bytes: Buffer) => bytes],
  ])('compresses by %s for a browser that accepts "%s"', async (encoding, accepted, decompress) => {
    const response = await get('/dashboard/assets/index-B2h8a_3x.js', { 'Accept-Encoding': accepted })
    expect(response.headers.get('content-encoding')).toBe(encoding)
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(response.headers.get('content-length')).toBe(String(bytes.byteLength))
    expect(decompress(bytes).toString()).toBe(script)
  })

  it.each([
    '/dashboard/../secret.txt',
    '/dashboard/%2e%2e/secret.txt',
    '/dashboard/..%2fsecret.txt',
    '/dashboard/assets/..%2f..%2fsecret.txt',
    '/dashboard/%2e%2e%5csecret.txt',
    '/dashboard//etc/passwd.txt',
    '/dashboard/secret.txt%00',
    '/dashboard/link.txt',
    '/dashboard/assets/missing.js',
    '/dashboard/assets/missing',
  ])('has no file outside of its folder, and none that is missing: %s', async (path) => {
    const response = await get(path)
    expect(await response.text()).not.toContain('secret\n')
    expect([404, 200]).toContain(response.status)
    if (response.status === 200) expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    else expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('has files with names of any letters, answers HEAD without a body, and nothing else', async () => {
    expect((await get(`/dashboard/assets/${encodeURIComponent('ñ')}.css`)).status).toBe(200)
    const head = await app.request('/dashboard/worker.js', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '4', ''])
    expect((await app.request('/dashboard/', { method: 'POST' })).status).toBe(404)
  })

  it('is the new one once it was built anew', async () => {
    writeFileSync(join(folder, 'dist/index.html'), 'the newer page')
    utimesSync(join(folder, 'dist/index.html'), new Date(), new Date(Date.now() + 5000))
    expect(await (await get('/dashboard/')).text()).toBe('the newer page')
  })

  it('says how it is built where it is not', async () => {
    const unbuilt = new Hono({ strict: false }).use('/dashboard/*', serveDashboard(join(folder, 'none')))
    const response = await unbuilt.request('/dashboard/')
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run dashboard')])
  })
})

describe('the page of the API', () => {
  it('loads only what is served beside it, and has a policy of its own', async () => {
    const page = await get('/api/docs')
    const html = await page.text()
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file).filter((file) => file !== 'data:,')
    expect(files).toEqual(['/api/docs/swagger-ui.css', '/api/docs/swagger-ui-bundle.js', '/api/docs/start.js'])
    for (const file of files) {
      const response = await get(file, { 'Accept-Encoding': 'gzip' })
      expect(response.headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/)
      expect(response.status).toBe(200)
    }
    expect(await (await get('/api/docs/start.js')).text()).toContain('validatorUrl: null')
  })

  it.each([
    ['GET', '/api/docs/chats'],
    ['GET', '/api/docs/constructor'],
    ['POST', '/api/docs/start.js'],
    ['DELETE', '/api/docs'],
  ])('leaves what is no file of it to the API, where a session may have its name: %s %s', async (method, path) => {
    const api = new Hono({ strict: false }).use('/api/docs/*', serveApiDocs())
    api.all('*', ({ text }) => text('the API'))
    expect(await (await api.request(path, { method })).text()).toBe('the API')
  })

  it.each(['/api/docs/package.json', '/api/docs/index.html', '/api/docs/..%2fpackage.json'])(
    'has no other file: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )
})
