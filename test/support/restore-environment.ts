import { afterAll, vi } from 'vitest'

/** Test files that share a process leave it as they found it: the environment, and the clock. */
const before = { ...process.env }

afterAll(() => {
  vi.useRealTimers()
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
})
