import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { openEvents, type ServerEvent } from '../event-stream.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { Failure } from '../failure.ts'
import { plain } from '../output/plain.ts'
import { truncate } from '../output/table.ts'
import { clock } from '../output/time.ts'

/** The envelope of a webhook, as far as a line shows it. */
interface Envelope {
  readonly event?: string
  readonly session?: string
  readonly timestamp?: number
  readonly payload?: Readonly<Record<string, unknown>>
}

interface Wanted {
  /** Null: all. */
  readonly session: string | null
  readonly events: readonly string[] | null
}

const AGAIN_AFTER_MS = { first: 1000, limit: 15_000 }

export const addTail: AddCommands = (program, run) => {
  program
    .command('tail')
    .description('print events as they come, until Ctrl-C: messages and states from an API as a server, changes from any other')
    .option('-s, --session <name>', 'those of one session')
    .option('-e, --event <name...>', 'these events, as message, message.ack, session.status')
    .action(run(async (context, { session = null, event: events = null }) => await follow(context, { session, events })))
}

/** Listens again when the stream ends. What came meanwhile is not in it: webhooks are what loses nothing. */
async function follow(context: Context, wanted: Wanted): Promise<ExitCode> {
  let [hasListened, pauseMs]: [boolean, number] = [false, AGAIN_AFTER_MS.first]
  let open = openSocket
  for (;;) {
    try {
      for await (const line of await open(context, wanted)) {
        if (line === null) context.note(hasListened ? 'Listening again. Events of the pause are missing.' : 'Listening.')
        else context.event(line.value, () => [fitted(context, line)])
        ;[hasListened, pauseMs] = [true, AGAIN_AFTER_MS.first]
      }
    } catch (error) {
      if (!hasListened && open === openSocket) {
        // A function has no WebSocket, and an API of an earlier version has no other stream.
        open = openChanges
        continue
      }
      if (!hasListened) throw error
    }
    if (context.host.interrupted.aborted) return EXIT.interrupted
    await context.pause(pauseMs)
    pauseMs = Math.min(2 * pauseMs, AGAIN_AFTER_MS.limit)
  }
}

/** An event, as a program and as a person reads it. */
interface Line {
  readonly value: object
  readonly at: string
  readonly text: string
}

/** Lines of a stream. Null: it is open. */
type Lines = AsyncIterable<Line | null>

/** The envelopes of webhooks, over the WebSocket of an API as a server. */
async function openSocket(context: Context, { session, events }: Wanted): Promise<Lines> {
  const { url, apiKey, tenant } = context.connection
  const query = new URLSearchParams({ session: session ?? '*', events: (events ?? ['*']).join(',') })
  const headers = { 'X-Api-Key': apiKey, ...(tenant === undefined ? {} : { 'X-Tenant': tenant }) }
  const feed = await context.host.openSocket(`${url.replace(/^http/, 'ws')}/ws?${query.toString()}`, headers)
  return read()

  async function* read(): AsyncGenerator<Line | null> {
    const leave = (): void => feed.close()
    context.host.interrupted.addEventListener('abort', leave, { once: true })
    if (context.host.interrupted.aborted) leave()
    yield null
    for await (const message of feed.messages) {
      const value = JSON.parse(message) as Envelope
      const { event = '?', session = '-', timestamp, payload = {} } = value
      const at = new Date(timestamp ?? context.now).toISOString()
      yield { value, at, text: `${event.padEnd(16)} ${session}  ${summaryOf(payload)}` }
    }
    context.host.interrupted.removeEventListener('abort', leave)
  }
}

/** They say where the present state begins and ends. */
const MARKS = new Set(['begin', 'ready'])

/** Changes of what the API shows, as server-sent events. */
async function openChanges(context: Context, wanted: Wanted): Promise<Lines> {
  const events = await openEvents(context)
  if (events === null) throw await whyNot(context)
  return read(events)

  async function* read(events: AsyncIterable<ServerEvent>): AsyncGenerator<Line | null> {
    yield null
    for await (const { event, data } of events) {
      if (MARKS.has(event)) continue
      const about = data as Readonly<Record<string, unknown>>
      const session = event === 'session' ? about['name'] : about['session']
      if (wanted.events?.includes(event) === false || (wanted.session !== null && session !== wanted.session)) continue
      const name = typeof session === 'string' ? session : '-'
      yield {
        value: { event, data },
        at: new Date(context.now).toISOString(),
        text: `${event.padEnd(10)} ${name}  ${summaryOf(about)}`,
      }
    }
  }
}

/** What the API says to somebody who asks for its WebSocket where there is none. */
async function whyNot(context: Context): Promise<Failure> {
  const { url, apiKey } = context.connection
  const response = await context.host.fetch(new Request(`${url}/ws`, { headers: { 'X-Api-Key': apiKey }, redirect: 'error' }))
  const { detail } = (await response.json().catch(() => ({}))) as { detail?: string }
  return new Failure(detail ?? 'This API has no stream of events.', {
    exitCode: EXIT.refused,
    advice: 'docs/WEBHOOKS.md tells where the stream is.',
  })
}

function fitted(context: Context, { at, text }: Line): string {
  const time = clock(at) ?? ''
  const { columns } = context.host.stdout
  const line = plain(text)
  return `${context.paint('dim', time)}  ${columns === null ? line : truncate(line, columns - time.length - 2)}`
}

/** The few fields of an event that tell most. */
const TELLING = [
  'status',
  'state',
  'type',
  'severity',
  'from',
  'body',
  'ackName',
  'sentence',
  'reason',
  'waiting',
  'failed',
  'to',
  'id',
  'gone',
] as const

const summaryOf = (payload: Readonly<Record<string, unknown>>): string =>
  TELLING.flatMap((name) => {
    const value = payload[name]
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [`${name}=${value}`] : []
  }).join(' ')
