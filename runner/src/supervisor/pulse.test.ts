import type { Logger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { expect, test } from 'vitest'
import { Pulse } from './pulse.ts'

test('a runner at work says so once a minute, with its sessions, how many are connected, and what it is', () => {
  const lines: unknown[] = []
  let now = 5000
  const clock = { monotonic: () => now } as Clock
  const build = { version: '0.1.0+f00d', revision: 'holdfast-runner-00002-abc' }
  const logger = { info: (fields: unknown) => lines.push(fields) } as unknown as Logger
  const pulse = new Pulse({ clock, logger, ...build })
  for (; now < 5000 + 120_000; now += 4000) pulse.beat(['CONNECTED', 'BACKOFF', 'CONNECTED'])
  expect(lines).toEqual([
    { event: 'heartbeat', sessions: 3, connected: 2, ...build },
    { event: 'heartbeat', sessions: 3, connected: 2, ...build },
  ])
})
