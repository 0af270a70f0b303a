import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { holdfast, type HostOptions } from '../testing/host-under-test.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-profiles-'))
  file = join(folder, 'holdfast', 'config.json')
})
afterEach(() => rmSync(folder, { recursive: true }))

const run = (line: string, options: HostOptions = {}) =>
  holdfast(line, { ...options, env: { url: undefined, apiKey: undefined, configFile: file, ...options.env } })

it('a profile is stored for its owner only, chosen, listed without its key, and forgotten', async () => {
  expect(await run('profiles add home --url https://home.test/', { input: 'home key\n' })).toMatchObject({ code: 0 })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
  expect(await run('profiles add shop --url https://shop.test --tenant acme', { answers: ['shop key'] })).toMatchObject({
    asked: ['The API key for https://shop.test:'],
  })
  const listed = await run('profiles --json')
  expect(listed.out).not.toContain('key')
  expect(JSON.parse(listed.out)).toEqual({
    file,
    profiles: [
      { name: 'home', url: 'https://home.test', tenant: null, isCurrent: true },
      { name: 'shop', url: 'https://shop.test', tenant: 'acme', isCurrent: false },
    ],
  })
  await run('profiles use shop')
  const seen: (string | null)[] = []
  const fetch = (request: Request) => {
    seen.push(request.url, request.headers.get('x-api-key'), request.headers.get('x-tenant'))
    return Promise.resolve(Response.json([]))
  }
  await run('sessions', { fetch })
  expect(seen).toEqual(['https://shop.test/api/sessions?all=true&limit=1000', 'shop key', 'acme'])
  expect((await run('profiles remove shop')).code).toBe(0)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    v: 1,
    current: null,
    profiles: { home: { apiKey: 'home key' } },
  })
  expect(readdirSync(dirname(file))).toEqual(['config.json'])
})

it.each([
  ['profiles add home', 'Where is the API?'],
  ['profiles add home --url https://home.test', 'No key was given.'],
  ['profiles add ../home --url https://home.test', 'is no name for a profile'],
  ['profiles use lost', 'There is no profile "lost".'],
])('%s stores nothing', async (line, why) => {
  expect(await run(line)).toMatchObject({ code: 2, err: expect.stringContaining(why) })
  expect(existsSync(file)).toBe(false)
})

it('a damaged file, and one of a later version, are left alone', async () => {
  await run('profiles add home --url https://home.test', { input: 'k' })
  for (const [content, says] of [
    ['{"v":1,"profiles":[', 'is damaged'],
    ['{"v":1,"current":null,"profiles":{"a":{}}}', 'is damaged'],
    ['{"v":2}', 'was written by a later version'],
  ] as const) {
    writeFileSync(file, content)
    expect(await run('profiles add other --url https://x.test', { input: 'k' })).toMatchObject({
      code: 1,
      err: expect.stringContaining(says),
    })
    expect(readFileSync(file, 'utf8')).toBe(content)
  }
})

it('a file that others can read is told of', async () => {
  await run('profiles add home --url https://home.test', { input: 'k' })
  chmodSync(file, 0o644)
  expect((await run('sessions', { fetch: () => Promise.resolve(Response.json([])) })).err).toContain('Others can read')
})
