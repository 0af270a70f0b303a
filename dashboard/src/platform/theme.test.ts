import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => vi.unstubAllGlobals())

/** The module as a page has it that was opened just now. */
async function opened() {
  vi.resetModules()
  return await import('./theme.ts')
}

test('the colours that were chosen are there when the page is opened again', async () => {
  const stored = new Map<string, string>()
  vi.stubGlobal('document', { documentElement: { style: {} } })
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  })
  const first = await opened()
  expect(first.theme.value).toBe('system')
  first.chooseTheme('dark')
  const second = await opened()
  expect(second.theme.value).toBe('dark')
  second.chooseTheme('system')
  expect((await opened()).theme.value).toBe('system')
})
