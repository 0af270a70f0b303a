import { expect, test } from 'vitest'
import type { Read } from '../../resources/resource.ts'
import { contextWith, liveCheck } from '../fixtures/context.ts'
import type { LiveRequest } from '../live-check.ts'

const HELD = {
  v: 1,
  what: 'chaos',
  held: true,
  sent: 212,
  received: 201,
  lost: 0,
  recoveryMs: { p50: 1, p95: 2, max: 3 },
  seed: 7,
}

const READY = { indexes: Array.from({ length: 100 }, () => ({ state: 'READY' })) }

interface Trial {
  readonly result?: object | null
  readonly executions?: (count: number) => readonly object[]
  readonly call?: (request: LiveRequest) => { status: number; body?: unknown }
  readonly onCommand?: (line: string) => void
}

async function verdictOf(name: string, { result = null, executions = () => [], call, onCommand }: Trial) {
  let count = 0
  const read = ({ url }: Read): unknown => {
    if (url.includes('/indexes')) return READY
    if (url.includes('/executions?')) return { items: executions(count++) }
    return url.includes('/o/trial%2F') ? result : null
  }
  const context = contextWith({ read, call: call ?? (() => ({ status: 200 })), ...(onCommand ? { onCommand } : {}) })
  return await liveCheck(name).run(context)
}

const CHAOS = 'chaos: on Google’s stores'

test('the figures of the chaos are told, with its seed', async () => {
  const lines: string[] = []
  const { figures, problems } = await verdictOf(CHAOS, { result: HELD, onCommand: (line) => lines.push(line) })
  expect({ figures, problems }).toEqual({
    figures: { sent: 212, received: 201, lost: 0, 'recovery p95 ms': 2, seed: 7 },
    problems: [],
  })
  const stores = '--database=holdfast-verify-a1b2c3,--bucket=demo-holdfast-holdfast-verify-a1b2c3'
  expect(lines).toEqual([expect.stringContaining(`--args=chaos,--project=demo-holdfast,${stores}`)])
})

test('a chaos that did not hold is told, with where its log is', async () => {
  const lost = await verdictOf(CHAOS, { result: { ...HELD, held: false, lost: 1 } })
  expect(lost.figures).toMatchObject({ lost: 1 })
  expect(lost.problems).toEqual([
    { what: 'of 212 sent and 201 received something is not right', mend: expect.stringContaining('gcloud logging read') },
  ])
  const broken = await verdictOf(CHAOS, { result: { v: 1, held: false, error: 'runner-1 was not ready' } })
  expect(broken.problems).toMatchObject([{ what: 'runner-1 was not ready' }])
})

const failed = (name: string) => ({ metadata: { name }, status: { conditions: [{ type: 'Completed', status: 'False' }] } })

test('a job that ends without a result is told, and an earlier one that failed is not taken for it', async () => {
  const now = (count: number) => (count === 0 ? [] : [failed('job-1')])
  await expect(verdictOf(CHAOS, { executions: now })).rejects.toThrow('ended without a result')
  await expect(verdictOf(CHAOS, { executions: () => [failed('job-1')] })).rejects.toThrow('in vain for the result')
})

test('an index that is there is taken, one that has to wait is tried again, and one that is refused is told', async () => {
  const there = { status: 409, body: { error: { status: 'ALREADY_EXISTS' } } }
  expect(await verdictOf(CHAOS, { result: HELD, call: () => there })).toMatchObject({ problems: [] })
  let tries = 0
  const busy = () => ({ status: ++tries === 1 ? 409 : 200, body: { error: { status: 'ABORTED' } } })
  expect(await verdictOf(CHAOS, { result: HELD, call: busy })).toMatchObject({ problems: [] })
  const refused = () => ({ status: 403, body: { error: { message: 'denied' } } })
  await expect(verdictOf(CHAOS, { call: refused })).rejects.toThrow('was refused: 403 denied')
})

test('latency in the region is judged as that of this machine', async () => {
  const latencies = { v: 1, what: 'latency', 'commit p50 ms': 12, 'commit p99 ms': 40 }
  const { figures, problems } = await verdictOf('firestore: latency, region', { result: latencies })
  expect({ figures, problems }).toEqual({
    figures: { 'commit p50 ms': 12, 'commit p99 ms': 40, from: 'us-central1' },
    problems: [],
  })
  const slow = await verdictOf('firestore: latency, region', { result: { ...latencies, 'commit p50 ms': 1500 } })
  expect(slow.problems).toMatchObject([{ what: 'half of the commits take longer than 1000 ms' }])
})
