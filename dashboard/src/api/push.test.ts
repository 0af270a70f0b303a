import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { keep } from '../platform/kept.ts'
import { pushState } from './push.ts'

vi.hoisted(() => vi.stubGlobal('location', { origin: 'http://127.0.0.1' }))
let subscription: object | null = {}
vi.mock('../platform/worker.ts', () => ({
  serviceWorker: async () => ({ pushManager: { getSubscription: async () => subscription } }),
}))

beforeEach(() => {
  const stored = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  })
  vi.stubGlobal('PushManager', {})
  vi.stubGlobal('Notification', { permission: 'granted' })
  subscription = {}
})
afterEach(() => vi.unstubAllGlobals())

test('a browser that shows the alerts of another tenant says so before it shows those of this one', async () => {
  keep('device', 'a')
  expect(await pushState([{ id: 'a', isMine: true }])).toBe('on')
  expect(await pushState([{ id: 'b', isMine: true }])).toBe('elsewhere')
  expect(await pushState([{ id: 'a', isMine: false }])).toBe('elsewhere')
  subscription = null
  expect(await pushState([{ id: 'b', isMine: true }])).toBe('off')
})

test('a browser that was never added shows none', async () => {
  expect(await pushState([{ id: 'b', isMine: true }])).toBe('off')
})
