import { expect, it } from 'vitest'
import { holdfast } from './testing/host-under-test.ts'

const HEALTH = {
  connections: {},
  status: 'healthy',
  version: '0.1.0',
  problems: [],
  availability: null,
  runners: [],
  queue: null,
}
const QUEUE = {
  waiting: 0,
  held: 0,
  scheduled: 0,
  retrying: 0,
  active: 0,
  sent: 0,
  failed: 0,
  canceled: 0,
  oldest: null,
  sessions: {},
}

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/health': HEALTH,
  '/api/alerts': { alerts: [], cursor: null },
  '/api/tenants': [],
  '/api/sessions': [],
  '/api/queue': QUEUE,
  '/api/recoveries': { recoveries: [], cursor: null },
}

const answerTo = (request: Request): Response => {
  const answer = ANSWERS[new URL(request.url).pathname]
  return answer === undefined
    ? Response.json({ code: 'forbidden', title: 'x', detail: 'x' }, { status: 403 })
    : Response.json(answer)
}

/** Watches the health with this stream of events, until the pauses are as they should be. */
async function watched(events: () => Response, isEnough: (pauses: readonly number[]) => boolean) {
  const seen: number[] = []
  const onPause = async (interrupt: () => void, ms: number) => {
    seen.push(ms)
    await new Promise((resolve) => setTimeout(resolve, 1))
    if (seen.length > 200) throw new Error(`It paused ${seen.join(', ')}.`)
    if (isEnough(seen)) interrupt()
  }
  return await holdfast('health --watch --json', {
    fetch: async (request) => (request.url.endsWith('/api/events') ? events() : answerTo(request)),
    onPause,
  })
}

const streamOf = (text: string, isOpen: boolean) => () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text))
        if (!isOpen) controller.close()
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  )

const EVENT = 'id: 1\nevent: session\ndata: {"name":"main"}\n\n'

/** A look is seven requests, at five a second. */
it('with a stream of events looks after a change, and seldom without one', async () => {
  const { code, pauses } = await watched(streamOf(EVENT, true), (seen) => seen.includes(1400) && seen.includes(10_000))
  expect(code).toBe(130)
  expect(pauses).not.toContain(2000)
})

it('without a stream looks every two seconds', async () => {
  const { pauses } = await watched(
    () => new Response('', { status: 404 }),
    (seen) => seen.filter((ms) => ms === 2000).length > 3,
  )
  expect(new Set(pauses)).toEqual(new Set([2000]))
})

it('opens a stream again that has ended, and looks every two seconds meanwhile', async () => {
  let opened = 0
  const { code } = await watched(
    () => {
      opened++
      return streamOf(EVENT, false)()
    },
    (seen) => opened > 2 && seen.includes(1000),
  )
  expect(code).toBe(130)
})
