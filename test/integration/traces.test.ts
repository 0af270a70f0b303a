import { inTime, openTraces } from '@holdfast/core/adapters/traces'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Clock } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { NO_TRACES, traceContextOf, type Traces } from '@holdfast/core/platform/traces'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { repositoryFile } from '../../sandbox/product.ts'
import { OtlpReceiver } from '../support/otlp-receiver.ts'

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const parentOf = (flags: string): string => `00-${CALLER.traceId}-${CALLER.spanId}-${flags}`

let receiver: OtlpReceiver
let opened: Traces[] = []
const logger = createLogger('test', 'silent')
let warned: string[] = []
let lines: unknown[][] = []

beforeEach(async () => {
  receiver = await OtlpReceiver.start()
  warned = []
  lines = []
  vi.spyOn(logger, 'warn').mockImplementation((...words: unknown[]) => {
    lines.push(words)
    warned.push(words.at(-1) as string)
  })
})
afterEach(async () => {
  await Promise.all(opened.map((one) => one.close()))
  opened = []
  await receiver[Symbol.asyncDispose]()
  vi.restoreAllMocks()
})

async function tracesWith({ ratio = 1, headers = {} } = {}): Promise<Traces> {
  const config = { url: `${receiver.endpoint}/v1/traces`, headers, ratio, isCloudTrace: false, projectId: 'my-project' }
  const traces = await openTraces(config, { name: 'holdfast-test', version: '1', id: 'a', logger, lendsCpu: true })
  opened.push(traces)
  return traces
}

describe('an exported span', () => {
  test('goes to the end point with its parent, its attributes and what it comes from', async () => {
    const traces = await tracesWith({ headers: { 'x-token': 'abc' } })
    const span = traces.begin('POST', { kind: 'server', parent: parentOf('01'), attributes: { 'holdfast.job': 'j1' } })
    const inside = traces.begin('record', {
      parent: span.traceparent,
      attributes: { 'holdfast.record': 7, 'holdfast.last': true },
    })
    inside.end()
    span.end({ name: 'POST /api/sendText', error: 'too-late' })
    span.end({ name: 'once more' })
    await vi.waitFor(() => expect(receiver.spans).toHaveLength(2), { timeout: 15_000 })
    const [first, second] = receiver.spans
    expect(first).toMatchObject({
      name: 'record',
      kind: 1,
      attributes: { 'holdfast.record': 7, 'holdfast.last': true },
      parentSpanId: second?.spanId,
    })
    expect(second).toMatchObject({
      traceId: CALLER.traceId,
      parentSpanId: CALLER.spanId,
      name: 'POST /api/sendText',
      kind: 2,
      hasFailed: true,
      service: 'holdfast-test',
      attributes: { 'holdfast.job': 'j1', 'error.type': 'too-late' },
    })
    expect(traceContextOf(span.traceparent)).toEqual({ traceId: CALLER.traceId, spanId: second?.spanId, isSampled: true })
    expect(span.logFields).toEqual({
      'logging.googleapis.com/trace': `projects/my-project/traces/${CALLER.traceId}`,
      'logging.googleapis.com/spanId': second?.spanId,
      'logging.googleapis.com/trace_sampled': true,
    })
    const [request] = receiver.requests
    expect([request?.path, request?.headers['content-type'], request?.headers['x-token']]).toEqual([
      '/v1/traces',
      'application/x-protobuf',
      'abc',
    ])
  })

  test('is one that its caller traces, or that the ratio chose', async () => {
    const none = await tracesWith({ ratio: 0 })
    const notChosen = none.begin('POST', { parent: parentOf('00') })
    expect(notChosen.traceparent).toBeNull()
    expect(notChosen.logFields).toMatchObject({ 'logging.googleapis.com/trace_sampled': false })
    expect(none.begin('POST').traceparent).toBeNull()
    expect(none.begin('POST', { parent: parentOf('01') }).traceparent).not.toBeNull()
    const all = await tracesWith({ ratio: 1 })
    // Google's front end says no for most requests.
    expect(traceContextOf(all.begin('POST', { parent: parentOf('00') }).traceparent)?.traceId).toBe(CALLER.traceId)
    expect(all.begin('POST', { parent: 'what somebody typed' }).traceparent).not.toBeNull()
  })
})

describe('an end point', () => {
  test('that refuses is told of once, and spans arrive again when it takes them', async () => {
    receiver.answer(() => 500)
    const traces = await tracesWith()
    for (const name of ['one', 'two', 'three']) {
      const before = receiver.requests.length
      traces.begin(name).end()
      await vi.waitFor(() => expect(receiver.requests.length).toBeGreaterThan(before), { timeout: 15_000 })
    }
    await vi.waitFor(() => expect(warned).toHaveLength(1), { timeout: 15_000 })
    let answers = 0
    receiver.answer(() => (answers++ === 0 ? 429 : 200))
    traces.begin('four').end()
    // The batch that was refused for now comes again.
    await vi.waitFor(() => expect(receiver.spans.map(({ name }) => name)).toContain('four'), 15_000)
    expect(warned).toEqual(['Traces get lost: their end point does not take them. Nothing else is affected.'])
  })

  test('that does not answer takes a bounded memory, and keeps no process from ending', async () => {
    receiver.answer(() => 'hangs')
    const traces = await tracesWith()
    for (let number = 0; number < 10_000; number++) traces.begin('frame').end()
    await traces.close()
    const dropped = lines.map(([fields]) => (fields as { dropped?: number }).dropped ?? 0).reduce((sum, one) => sum + one, 0)
    expect([dropped >= 10_000 - 5 * 512 - 2048, dropped < 10_000]).toEqual([true, true])
    // Each of its batches has 512 spans: what was on its way, and what waited.
    expect(receiver.requests.length).toBeLessThanOrEqual(5)
  })

  test('that is away keeps nobody waiting, and no process from ending', async () => {
    const traces = await tracesWith()
    await receiver[Symbol.asyncDispose]()
    const span = traces.begin('send')
    traces.begin('frame', { parent: span.traceparent }).end()
    span.end()
    await traces.close()
    receiver = await OtlpReceiver.start()
  })
})

test('a token that does not come, or not in time, keeps no batch waiting', async () => {
  const at: number[] = []
  const clock: Clock = {
    ...systemClock,
    after(delayMs, late) {
      at.push(delayMs)
      queueMicrotask(late)
      return () => {}
    },
  }
  expect(await inTime(clock, () => new Promise(() => {}))).toEqual({})
  expect(at).toEqual([5000])
  expect(await inTime(systemClock, () => Promise.reject(new Error('The metadata server is away.')))).toEqual({})
  expect(await inTime(systemClock, async () => ({ authorization: 'Bearer abc' }))).toEqual({ authorization: 'Bearer abc' })
})

describe('without a configuration', () => {
  test('there are no spans', async () => {
    expect(await openTraces(null, { name: 'holdfast-test', version: '1', id: 'a', logger })).toBe(NO_TRACES)
  })

  test('a process loads nothing of it', async () => {
    const open = (config: string) => `
      import { registerHooks } from 'node:module'
      let loaded = 0
      registerHooks({ resolve: (name, context, next) => (loaded += name.startsWith('@opentelemetry/sdk') ? 1 : 0, next(name, context)) })
      const { openTraces } = await import('@holdfast/core/adapters/traces')
      const traces = await openTraces(${config}, { name: 'n', version: '1', id: 'a', logger: null })
      await traces.close()
      process.stdout.write(String(loaded > 0))`
    const run = async (config: string): Promise<string> =>
      (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', open(config)], { cwd: repositoryFile('test') }))
        .stdout
    const on = { url: `${receiver.endpoint}/v1/traces`, headers: {}, ratio: 1, isCloudTrace: false, projectId: 'p' }
    expect(await Promise.all([run('null'), run(JSON.stringify(on))])).toEqual(['false', 'true'])
  })
})
