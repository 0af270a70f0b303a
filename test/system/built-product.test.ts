import { once } from 'node:events'
import { connect } from 'node:http2'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { clientAt } from '../../sandbox/google/tasks/client.ts'
import { builtProduct } from '../../sandbox/product.ts'
import { EngineWorld, eventually } from '../support/engine-world.ts'

/** The units as they are deployed: built functions, built runner, and the built API server beside the functions. */

const MIB = 1024 * 1024
const HOUR_MS = 3_600_000

test(
  'the built API server takes what the built function refuses and is its equal otherwise, and the built runner survives a kill',
  { timeout: 180_000 },
  async () => {
    await using world = await EngineWorld.start({ product: await builtProduct(), apiServer: true })
    const { apiKey, apiServer: server, project, tasks } = world.sandbox.info
    const chat = await world.linked('built')

    const refused = await world.sandbox.api('/api/sendBulk', { method: 'POST', body: bulk([], 9 * MIB) })
    const { detail } = (await refused.json()) as { detail: string }
    expect([refused.status, detail]).toEqual([
      413,
      `The body can have at most 8 MiB. Send a larger one to ${server}, which takes up to 64 MiB.`,
    ])

    const to = { session: chat.name, chatId: `${chat.contact}@c.us` }
    const sendAt = new Date(Date.now() + HOUR_MS).toISOString()
    const messages = [
      { ...to, text: 'beyond a function' },
      { ...to, text: 'for later', sendAt },
    ]
    const accepted = await post(`${server}`, '/api/sendBulk', apiKey, bulk(messages, 40 * MIB))
    expect(accepted).toMatchObject({ status: 200, body: { accepted: 2, refused: 0 } })
    await eventually(async () => expect((await chat.received()).map((message) => message.text)).toEqual(['beyond a function']))
    // It enqueues as the function does, because the embedded queue is for those without functions.
    const client = clientAt(tasks, project)
    const [waiting] = await client.listTasks({ parent: client.queuePath(project, 'us-central1', 'retries') })
    await client.close()
    expect(waiting).toHaveLength(1)

    // The built runner goes on after a kill as the sources do.
    world.sandbox.runner('runner-1').kill()
    await chat.receive('into the next life')
    await eventually(async () => expect(await chat.stored()).toEqual(['into the next life']))
    expect((await chat.account()).registrations).toBe(1)

    const problemsAt = async (url: string | null) =>
      ((await (await fetch(`${url}/health`)).json()) as { problems: object[] }).problems
    // The kill counts for a moment, and a busy machine makes its runner look silent again.
    await eventually(
      async () => expect([await problemsAt(server), await problemsAt(world.sandbox.info.api)]).toEqual([[], []]),
      60_000,
    )
  },
)

/** A body of this size. */
const bulk = (messages: readonly object[], bytes: number): string => JSON.stringify({ messages }).padEnd(bytes)

/** Posts in HTTP/2, which Cloud Run speaks to the server. */
async function post(url: string, path: string, apiKey: string, body: string) {
  const session = connect(url)
  const stream = session.request({ ':method': 'POST', ':path': path, 'x-api-key': apiKey, 'content-type': 'application/json' })
  stream.end(body)
  const [headers] = (await once(stream, 'response')) as [Record<string, unknown>]
  const answer = JSON.parse(await text(stream)) as object
  session.close()
  return { status: headers[':status'], body: answer }
}
