import type { Logger } from '@holdfast/core/platform/logging'
import type { CountQuery } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { expect, it } from 'vitest'
import { logQueue } from './queue-log.ts'

const NOW = Date.parse('2026-12-01T12:00:00Z')
const clock = { ...systemClock, now: () => NOW }

/** Logs with this store. Returns the lines as level, fields and sentence. */
async function linesOf(documents: Partial<Parameters<typeof logQueue>[0]['documents']>): Promise<unknown[][]> {
  const lines: unknown[][] = []
  const to =
    (level: string) =>
    (...line: unknown[]) =>
      void lines.push([level, ...line])
  const logger = { info: to('info'), warn: to('warn') } as unknown as Logger
  await logQueue({
    documents: { count: () => Promise.resolve(0), query: () => Promise.resolve([]), ...documents },
    clock,
    logger,
  })
  return lines
}

const isAbout = ({ where = [] }: CountQuery, field: string, value?: unknown): boolean =>
  where.some(([name, , given]) => name === field && (value === undefined || [given].flat().includes(value)))

it('the figures of the queue are logged in one line', async () => {
  const count = (query: CountQuery) => {
    if (isAbout(query, 'hold.until')) return Promise.resolve(2)
    if (isAbout(query, 'nextAttemptAt')) return Promise.resolve(3)
    if (isAbout(query, 'queuedAt')) return Promise.resolve(4)
    if (isAbout(query, 'status', 'pending')) return Promise.resolve(10)
    return Promise.resolve(isAbout(query, 'status', 'failed') ? 5 : 0)
  }
  const query = () => Promise.resolve([{ fields: { queuedAt: new Date(NOW - 90_000) } }] as never)
  const figures = { waiting: 1, scheduled: 4, held: 2, retrying: 3, active: 0, sent: 0, failed: 5, canceled: 0 }
  const sentence =
    'The queue: 1 waiting, 0 active, 4 scheduled, 2 held, 3 retrying, 5 failed, 0 sent; the oldest is in it for 90 s.'
  expect(await linesOf({ count, query })).toEqual([['info', { ...figures, oldestAgeMs: 90_000 }, sentence]])
})

it('an empty queue has no oldest message', async () => {
  const [line] = await linesOf({})
  expect(line?.[2]).toBe('The queue: 0 waiting, 0 active, 0 scheduled, 0 held, 0 retrying, 0 failed, 0 sent.')
})

it('a queue that cannot be counted fails nothing', async () => {
  const error = new Error('14 UNAVAILABLE')
  const lines = await linesOf({ count: () => Promise.reject(error) })
  expect(lines).toEqual([['warn', { error }, 'The queue could not be counted.']])
})
