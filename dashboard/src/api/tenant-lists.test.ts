import { afterEach, expect, test, vi } from 'vitest'
import { HoldfastProblem } from '@holdfast/client/problem'
import { addEndpoint, removeEndpoint } from './tenant-lists.ts'

vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://127.0.0.1' }))

afterEach(() => vi.unstubAllGlobals())

type Endpoints = readonly { readonly url: string }[]

/** A tenant whose end points somebody else changes right after they were read, so often. */
function tenantWith(given: Endpoints, { changes, by }: { changes: number; by: (all: Endpoints) => Endpoints }) {
  let [webhooks, version, left] = [given, 1, changes]
  vi.stubGlobal('fetch', async (request: Request) => {
    if (request.method === 'GET') {
      const answer = Response.json({ config: { webhooks }, version: String(version) })
      if (left-- > 0) [webhooks, version] = [by(webhooks), version + 1]
      return answer
    }
    const { ifVersion, config } = (await request.json()) as { ifVersion: string; config: { webhooks: Endpoints } }
    if (ifVersion !== String(version)) return Response.json({ code: 'tenant-changed' }, { status: 409 })
    ;[webhooks, version] = [config.webhooks, version + 1]
    return Response.json({})
  })
  return () => webhooks.map(({ url }) => url)
}

test('an end point is added to the list that somebody else has changed meanwhile', async () => {
  const urls = tenantWith([{ url: 'a' }], { changes: 2, by: (all) => [...all, { url: `of others ${all.length}` }] })
  expect(await addEndpoint({ url: 'mine', events: ['*'] })).toBe(true)
  expect(urls()).toEqual(['a', 'of others 1', 'of others 2', 'mine'])
})

test('an end point that somebody else has added meanwhile is not added twice', async () => {
  const urls = tenantWith([], { changes: 1, by: () => [{ url: 'mine' }] })
  expect(await addEndpoint({ url: 'mine', events: ['*'] })).toBe(false)
  expect(urls()).toEqual(['mine'])
})

test('a list that never stays as it was read is left alone', async () => {
  const urls = tenantWith([{ url: 'a' }], { changes: 9, by: (all) => [...all, { url: 'b' }] })
  await expect(removeEndpoint('a')).rejects.toThrow(HoldfastProblem)
  expect(urls()).toContain('a')
})
