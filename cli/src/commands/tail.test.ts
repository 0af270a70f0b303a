import { expect, it } from 'vitest'
import { holdfast, type HostOptions } from '../testing/host-under-test.ts'

const MESSAGE = { event: 'message', session: 'main', timestamp: 0, payload: { from: '55@c.us', body: 'Hi\u001b[2J', id: 'a' } }

it('prints the envelopes of a server, one a line, and cannot be made to clear the terminal', async () => {
  const feed = [JSON.stringify(MESSAGE)]
  const ran = await holdfast('tail', { feed })
  expect(ran).toMatchObject({ code: 130, err: 'Listening.\n' })
  expect(ran.out).toMatch(/^1970-01-01 \d\d:00:00 {2}message +main {2}from=55@c.us body=Hi�\[2J id=a\n$/)
  expect(JSON.parse((await holdfast('tail --json', { feed })).out)).toEqual(MESSAGE)
})

const DATA = [
  'event: begin\ndata: {"full":true}\n\n',
  'event: session\ndata: {"name":"main","status":"WORKING","sentence":"Connected."}\n\n',
  'event: session\ndata: {"name":"shop","status":"FAILED"}\n\n',
  'event: alert\ndata: {"id":"a","session":"main","severity":"warning","sentence":"It is down."}\n\n',
]

/** An API without a WebSocket, which tells of changes by server-sent events. */
const ofFunction = (): HostOptions => {
  let asked = 0
  return {
    feed: 'refused',
    fetch: () => {
      asked++
      if (asked > 1) return Promise.reject(new TypeError('fetch failed'))
      return Promise.resolve(new Response(DATA.join(''), { headers: { 'content-type': 'text/event-stream' } }))
    },
    onPause: (interrupt) => interrupt(),
  }
}

it('prints changes where there is no WebSocket', async () => {
  const { code, out } = await holdfast('tail --session main', ofFunction())
  expect(code).toBe(130)
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.slice(21)),
  ).toEqual([
    'session    main  status=WORKING sentence=Connected.',
    'alert      main  severity=warning sentence=It is down. id=a',
  ])
  expect((await holdfast('tail', ofFunction())).out.split('\n')).toHaveLength(4)
  const only = await holdfast('tail --event alert --json', ofFunction())
  expect(JSON.parse(only.out)).toEqual({
    event: 'alert',
    data: { id: 'a', session: 'main', severity: 'warning', sentence: 'It is down.' },
  })
})

it('says where the stream is, when this API has none', async () => {
  const problem = { code: 'not-possible', title: 'x', detail: 'The server has it: https://server.test' }
  const fetch = (request: Request) =>
    Promise.resolve(
      Response.json(request.url.includes('/ws') ? problem : {}, { status: request.url.includes('/ws') ? 422 : 404 }),
    )
  expect(await holdfast('tail', { feed: 'refused', fetch })).toMatchObject({
    code: 3,
    err: expect.stringContaining('https://server.test'),
  })
})
