import { expect, test, vi } from 'vitest'
import { onSignal } from './signals.ts'

test('each signal that tells a process to leave is heard', () => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]))
  const leave = vi.fn<(signal: NodeJS.Signals) => void>()
  onSignal(leave)
  for (const signal of signals) {
    // The listeners of the test program itself must not hear it.
    const ours = process.listeners(signal).filter((listener) => !before.get(signal)?.includes(listener))
    for (const listener of ours) {
      listener.call(process, signal)
      process.off(signal, listener)
    }
  }
  expect(leave.mock.calls).toEqual(signals.map((signal) => [signal]))
})
