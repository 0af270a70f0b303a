import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { expect, test } from 'vitest'
import { Pulse } from './pulse.ts'

test('a runner at work says so once a minute, with its sessions and how many are connected', () => {
  const lines: unknown[] = []
  let now = 5000
  const clock = { monotonic: () => now } as Clock
  const pulse = new Pulse(clock, { info: (fields: unknown) => lines.push(fields) } as unknown as Logger)
  for (; now < 5000 + 120_000; now += 4000) pulse.beat(['CONNECTED', 'BACKOFF', 'CONNECTED'])
  expect(lines).toEqual([
    { event: 'heartbeat', sessions: 3, connected: 2 },
    { event: 'heartbeat', sessions: 3, connected: 2 },
  ])
})
