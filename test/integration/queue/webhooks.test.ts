import { openTraces } from '@holdfast/core/adapters/traces'
import type { Traces } from '@holdfast/core/platform/traces'
import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { WEBHOOK_DELIVERIES } from '@holdfast/core/session/webhook-delivery-document'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { handleWebhookTask } from '../../../functions/src/use-cases/webhooks/handle-task.ts'
import { nextLookMs, sweepWebhooks, watchEndpoints } from '../../../functions/src/use-cases/webhooks/sweep-webhooks.ts'
import { OtlpReceiver } from '../../support/otlp-receiver.ts'
import { keys, MINUTE_MS, SESSION, WebhooksUnderTest } from './webhooks-under-test.ts'

let webhooks: WebhooksUnderTest

beforeEach(async () => {
  webhooks = await WebhooksUnderTest.begin()
})

describe('a lane', () => {
  test('sends its events one after the other, and none twice', async () => {
    const task = await webhooks.told('a', 'one', 'two', 'three')
    await Promise.all([handleWebhookTask(webhooks.dependencies, task), handleWebhookTask(webhooks.dependencies, task)])
    await handleWebhookTask(webhooks.dependencies, task)

    expect(webhooks.bodies()).toEqual(['one', 'two', 'three'])
    expect(await webhooks.statuses()).toEqual(['delivered', 'delivered', 'delivered'])
  })

  test('sends an event again, in the same bytes under one id, when the process died before it knew the answer', async () => {
    const task = await webhooks.told('a', 'one', 'two')
    webhooks.answer = () => 'dies'
    void handleWebhookTask(webhooks.dependencies, task)
    await expect.poll(() => webhooks.bodies()).toEqual(['one'])
    webhooks.answer = () => 200
    await handleWebhookTask(webhooks.dependencies, task)
    expect(webhooks.bodies()).toEqual(['one'])
    webhooks.moveOn(2 * MINUTE_MS)
    await sweepWebhooks(webhooks.dependencies)
    await webhooks.runDue()

    expect(webhooks.bodies()).toEqual(['one', 'one', 'two'])
    expect(webhooks.got[1]?.headers['webhook-id']).toBe(webhooks.got[0]?.headers['webhook-id'])
  })

  test('goes by the attempt that succeeded, when an older one fails after it', async () => {
    const task = await webhooks.told('a', 'one', 'two')
    const { promise, resolve } = Promise.withResolvers<number>()
    webhooks.answer = () => promise
    const slow = handleWebhookTask(webhooks.dependencies, task)
    await expect.poll(() => webhooks.bodies()).toEqual(['one'])
    webhooks.answer = () => 200
    webhooks.moveOn(2 * MINUTE_MS)
    await sweepWebhooks(webhooks.dependencies)
    await webhooks.runDue()
    resolve(500)
    await slow

    expect(webhooks.bodies()).toEqual(['one', 'one', 'two'])
    expect(await webhooks.statuses()).toEqual(['delivered', 'delivered'])
    const found = await webhooks.documents.query({ collection: WEBHOOK_DELIVERIES })
    expect(found.map(({ fields }) => [fields['lookAt'], fields['notBefore']])).toEqual([
      [null, null],
      [null, null],
    ])
  })

  test('waits for an event that fails, for an hour, and then lets the others pass', async () => {
    const task = await webhooks.told('a', 'bad', 'good')
    webhooks.answer = (body) => (body === 'bad' ? 500 : 200)
    await handleWebhookTask(webhooks.dependencies, task)
    await webhooks.pass(50)
    expect(webhooks.bodies()).not.toContain('good')
    await webhooks.pass(60)
    expect(webhooks.bodies()).toContain('good')
    webhooks.answer = () => 200
    await webhooks.pass(300)

    expect(webhooks.got.at(-1)).toMatchObject({ body: 'bad', headers: { 'X-Holdfast-Out-Of-Order': 'true' } })
    expect(await webhooks.statuses()).toEqual(['delivered', 'delivered'])
  })

  test('gives an event up after three days, and keeps it', async () => {
    const task = await webhooks.told('a', 'bad')
    webhooks.answer = () => 404
    await handleWebhookTask(webhooks.dependencies, task)
    await webhooks.pass(72 * 60 - 30)
    expect(await webhooks.statuses()).toEqual(['pending'])
    await webhooks.pass(60)

    expect(await webhooks.statuses()).toEqual(['dead'])
    const [found] = await webhooks.documents.query({ collection: WEBHOOK_DELIVERIES })
    expect(found?.fields).toMatchObject({ problem: { code: 'status-404' }, body: expect.any(Buffer), waitsIn: null })
  }, 60_000)

  test('waits while the key of its session cannot be read, and goes on when somebody has repaired it', async () => {
    const task = await webhooks.told('a', 'one')
    await webhooks.documents.commit([{ kind: 'delete', path: sessionKeyPath(SESSION) }])
    await handleWebhookTask(webhooks.dependencies, task)
    await webhooks.pass(20)
    const [found] = await webhooks.documents.query({ collection: WEBHOOK_DELIVERIES })
    expect(found?.fields).toMatchObject({ status: 'pending', attempts: 0, problem: { code: 'data-key-missing' } })
    await webhooks.documents.commit([{ kind: 'create', path: sessionKeyPath(SESSION), fields: { ...keys } }])
    await webhooks.pass(20)
    expect(webhooks.bodies()).toEqual(['one'])

    await webhooks.told('b', 'two')
    await webhooks.documents.commit([{ kind: 'delete', path: sessionKeyPath(SESSION) }])
    webhooks.moveOn(73 * 60 * MINUTE_MS)
    await sweepWebhooks(webhooks.dependencies)
    await webhooks.runDue()
    expect(await webhooks.statuses()).toEqual(['delivered', 'dead'])
  })

  test('that waits for long is looked at less and less', () => {
    const [now, minutes] = [1_800_000_000_000, (ms: number) => (ms - now) / MINUTE_MS]
    const looks = [0, 40, 80, 72 * 60].map((age) => minutes(nextLookMs(new Date(now - age * MINUTE_MS), now)))
    expect(looks).toEqual([10, 10, 20, 360])
    expect(minutes(nextLookMs(undefined, now))).toBe(10)
  })

  test('leaves no end point alone for longer than an hour, whatever it asks for', async () => {
    const task = await webhooks.told('a', 'one')
    webhooks.answer = () => ({ status: 503, headers: { 'retry-after': '999999999' } })
    await handleWebhookTask(webhooks.dependencies, task)
    webhooks.answer = () => 200
    await webhooks.pass(62)
    expect(await webhooks.statuses()).toEqual(['delivered'])
  })

  test('goes on when the sweep writes to what waits in it', async () => {
    const task = await webhooks.told('a', '1', '2', '3', '4')
    webhooks.answer = async (body) => {
      if (body !== '2') return 200
      // The sweep finds the second one under way, and looks at those behind it later.
      webhooks.moveOn(31_000)
      expect(await sweepWebhooks(webhooks.dependencies)).toBe(0)
      return 200
    }
    await handleWebhookTask(webhooks.dependencies, task)
    expect(webhooks.bodies()).toEqual(['1', '2', '3', '4'])
    expect(await webhooks.statuses()).toEqual(Array.from({ length: 4 }, () => 'delivered'))
  })

  test('keeps its order when somebody writes to the next of its events', async () => {
    const task = await webhooks.told('a', '1', '2', '3', '4')
    const { documents } = webhooks
    webhooks.answer = async (body) => {
      if (body !== '2') return 200
      const [, , next] = await documents.query({ collection: WEBHOOK_DELIVERIES, orderBy: ['order', 'asc'] })
      const fields = { lookAt: new Date(webhooks.now()) }
      await documents.commit([{ kind: 'update', path: next?.path ?? '', fields }])
      return 200
    }
    await handleWebhookTask(webhooks.dependencies, task)
    expect(webhooks.bodies()).toEqual(['1', '2', '3', '4'])
  })

  test('goes on when somebody writes to its first one between the look and the attempt', async () => {
    const task = await webhooks.told('a', '1', '2')
    const { documents } = webhooks
    vi.spyOn(documents, 'query').mockImplementationOnce(async (query) => {
      const found = await documents.query(query)
      await documents.commit(found.map(({ path }) => ({ kind: 'update', path, fields: { lookAt: new Date(webhooks.now()) } })))
      return found
    })
    await handleWebhookTask(webhooks.dependencies, task)
    expect(webhooks.bodies()).toEqual(['1', '2'])
  })

  test('whose tasks were all lost is found by the sweep', async () => {
    await webhooks.told('a', 'one', 'two')
    await webhooks.told('b', 'three')
    webhooks.moveOn(MINUTE_MS)
    expect(await sweepWebhooks(webhooks.dependencies)).toBe(2)
    await webhooks.runDue()

    expect(webhooks.bodies().toSorted()).toEqual(['one', 'three', 'two'])
    expect(webhooks.bodies().indexOf('one')).toBeLessThan(webhooks.bodies().indexOf('two'))
  })
})

describe('an end point', () => {
  test('that fails is left alone but for one probe, and told of until it takes something', async () => {
    webhooks.answer = () => 503
    for (const chat of 'abcdefgh') await handleWebhookTask(webhooks.dependencies, await webhooks.told(chat, chat))
    const alert = async () =>
      (await webhooks.documents.read(`health_alerts/webhook-failing:${webhooks.endpoint}`))?.fields['state']
    await webhooks.pass(60)
    // Eight chats in an hour: without the circuit there would be some hundred attempts.
    expect(webhooks.got.length).toBeLessThan(30)
    await watchEndpoints(webhooks.dependencies)
    expect(await alert()).toBe('open')
    webhooks.answer = () => 200
    await webhooks.pass(30)

    expect(await webhooks.statuses()).toEqual(Array.from({ length: 8 }, () => 'delivered'))
    expect(await alert()).toBe('resolved')
  })

  test('that is busy costs one document of a lane, however many wait in it', async () => {
    const lanes = await Promise.all(Array.from({ length: 8 }, (_, chat) => webhooks.told(`${chat}`, 'one')))
    const waiting = await webhooks.told('8', '1', '2', '3', '4', '5')
    const answers = Promise.withResolvers<number>()
    webhooks.answer = () => answers.promise
    const underWay = lanes.map((lane) => handleWebhookTask(webhooks.dependencies, lane))
    await expect.poll(() => webhooks.got.length).toBe(8)
    const counted = webhooks.counted()
    await handleWebhookTask(webhooks.dependencies, waiting)
    expect(counted()).toMatchObject({ reads: 0, found: 1, looks: 1 })

    answers.resolve(200)
    await Promise.all(underWay)
    await webhooks.pass(1)
    expect(await webhooks.statuses()).toEqual(Array.from({ length: 13 }, () => 'delivered'))
  })

  test('that is left alone costs one document of a lane, the session, the circuit and a write, however many wait', async () => {
    webhooks.answer = () => 503
    for (const chat of 'abcde') await handleWebhookTask(webhooks.dependencies, await webhooks.told(chat, chat))
    const waiting = await webhooks.told('waits', '1', '2', '3', '4', '5')
    const counted = webhooks.counted()
    await handleWebhookTask(webhooks.dependencies, waiting)
    expect(counted()).toEqual({ reads: 2, found: 1, looks: 1, commits: 1 })
  })

  test('gets one event with three reads and two looks: at the first of its lane, and at what comes after it', async () => {
    const task = await webhooks.told('a', '1')
    const counted = webhooks.counted()
    await handleWebhookTask(webhooks.dependencies, task)
    // The session, its circuit and its data key.
    expect(counted()).toEqual({ reads: 3, found: 1, looks: 2, commits: 2 })
  })

  test('gets what waits in a lane with few looks, and one read of the session and its data key', async () => {
    const task = await webhooks.told('a', '1', '2', '3', '4', '5')
    const counted = webhooks.counted()
    const first = handleWebhookTask(webhooks.dependencies, task)
    webhooks.answer = async (body) => {
      // The tasks of the others come while the first one is under way.
      if (body === '1') for (let number = 2; number <= 5; number++) await handleWebhookTask(webhooks.dependencies, task)
      return 200
    }
    await first
    expect(webhooks.bodies()).toEqual(['1', '2', '3', '4', '5'])
    // The first one, four more, and nothing; the other tasks find the first one only. The circuit is asked before each event, and each is leased
    // before it goes out.
    expect(counted()).toEqual({ reads: 2 + 5, found: 5 + 4, looks: 3 + 4, commits: 5 * 2 })
  })

  test('gets an event that is sealed with a data key which came while its lane was worked on', async () => {
    const task = await webhooks.told('a', 'before')
    webhooks.answer = async (body) => {
      if (body === 'after') return 200
      await webhooks.newDataKey()
      await webhooks.told('a', 'after')
      return 200
    }
    await handleWebhookTask(webhooks.dependencies, task)
    expect(webhooks.bodies()).toEqual(['before', 'after'])
    expect(await webhooks.statuses()).toEqual(['delivered', 'delivered'])
  })

  test('that leaves the configuration while a lane is worked on gets no more after a second', async () => {
    const task = await webhooks.told('a', 'one', 'two')
    webhooks.answer = async () => {
      await webhooks.documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config: {} } }])
      at += 1000
      return 200
    }
    let at = 0
    const clock = { ...webhooks.dependencies.clock, monotonic: () => at }
    await handleWebhookTask({ ...webhooks.dependencies, clock }, task)
    expect(webhooks.bodies()).toEqual(['one'])
    expect(await webhooks.statuses()).toEqual(['delivered', 'dead'])
  })

  test('that is gone, or asks for a pause, gets nothing before its time', async () => {
    webhooks.answer = () => ({ status: 429, headers: { 'retry-after': '1200' } })
    await handleWebhookTask(webhooks.dependencies, await webhooks.told('a', 'one'))
    await handleWebhookTask(webhooks.dependencies, await webhooks.told('b', 'two'))
    await webhooks.pass(19)
    expect(webhooks.got).toHaveLength(1)
    webhooks.answer = () => 410
    await webhooks.pass(5)
    expect(webhooks.got).toHaveLength(2)
    await webhooks.pass(55)
    expect(webhooks.got).toHaveLength(2)
    webhooks.answer = () => 200
    await webhooks.pass(15)

    expect(await webhooks.statuses()).toEqual(['delivered', 'delivered'])
  })

  test('that is not in the configuration any more gets nothing, and its events are kept', async () => {
    const task = await webhooks.told('a', 'one')
    const config = { webhooks: [{ url: `${webhooks.url}/other`, events: ['*'] }] }
    await webhooks.documents.commit([{ kind: 'update', path: sessionPath(SESSION), fields: { config } }])
    await handleWebhookTask(webhooks.dependencies, task)

    expect(webhooks.got).toEqual([])
    expect(await webhooks.statuses()).toEqual(['dead'])
  })
})

describe('a trace', () => {
  const [TRACE, SPAN] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
  let receiver: OtlpReceiver
  let traces: Traces

  beforeEach(async () => {
    receiver = await OtlpReceiver.start()
    const config = { url: `${receiver.endpoint}/v1/traces`, headers: {}, ratio: 1, isCloudTrace: false, projectId: 'p' }
    const { logger } = webhooks.dependencies
    traces = await openTraces(config, { name: 'holdfast-webhooks', version: '1', id: 'a', logger, lendsCpu: true })
  })
  afterEach(async () => {
    await traces.close()
    await receiver[Symbol.asyncDispose]()
  })

  test('of a message has each attempt to tell of it, with its answer', async () => {
    const task = await webhooks.told('a', { text: 'one', traceparent: `00-${TRACE}-${SPAN}-01` })
    const dependencies = { ...webhooks.dependencies, traces }
    webhooks.answer = () => 503
    await handleWebhookTask(dependencies, task)
    webhooks.moveOn(MINUTE_MS)
    webhooks.answer = () => Promise.reject(new Error('nothing comes back'))
    await handleWebhookTask(dependencies, task)
    webhooks.moveOn(MINUTE_MS)
    webhooks.answer = () => 200
    await handleWebhookTask(dependencies, task)
    await traces.close()

    const of = { traceId: TRACE, parentSpanId: SPAN, name: 'webhook', kind: 3 }
    const [first, second, third] = receiver.spans
    expect(receiver.spans).toMatchObject([
      { ...of, attributes: { 'error.type': 'status-503', 'http.response.status_code': 503, 'holdfast.attempt': 1 } },
      { ...of, attributes: { 'error.type': 'no-answer', 'holdfast.attempt': 2 }, hasFailed: true },
      { ...of, attributes: { 'http.response.status_code': 200, 'holdfast.attempt': 3 }, hasFailed: false },
    ])
    const named = [first, second, third].map((span) => `00-${TRACE}-${span?.spanId}-01`)
    expect(webhooks.got.map(({ headers }) => headers['traceparent'])).toEqual(named)
  })

  test('is none for a message that nobody traces, and begins with an event of something else', async () => {
    const dependencies = { ...webhooks.dependencies, traces }
    const told = [{ text: 'untraced' }, { text: 'untraced', name: 'poll.vote' }, { text: 'status', name: 'session.status' }]
    await handleWebhookTask(dependencies, await webhooks.told('a', ...told))
    await traces.close()

    expect(receiver.spans).toMatchObject([{ parentSpanId: '', attributes: { 'holdfast.event': 'session.status' } }])
    expect(webhooks.got.map(({ headers }) => headers['traceparent'] !== undefined)).toEqual([false, false, true])
  })
})
