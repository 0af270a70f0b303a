import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
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

const AGAIN_AFTER_MS = { first: 1000, limit: 15_000 }

export const addTail: AddCommands = (program, run) => {
  program
    .command('tail')
    .description('print events as they come, until Ctrl-C; needs the API as a server')
    .option('-s, --session <name>', 'those of one session')
    .option('-e, --event <name...>', 'these events, as message, message.ack, session.status')
    .action(
      run(async (context, { session, event }) => {
        const query = new URLSearchParams({ session: session ?? '*', events: (event ?? ['*']).join(',') })
        return await follow(context, `${context.connection.url.replace(/^http/, 'ws')}/ws?${query.toString()}`)
      }),
    )
}

/** Listens again when the stream ends. What came meanwhile is not in it: webhooks are what loses nothing. */
async function follow(context: Context, url: string): Promise<ExitCode> {
  const { apiKey, tenant } = context.connection
  const headers = { 'X-Api-Key': apiKey, ...(tenant === undefined ? {} : { 'X-Tenant': tenant }) }
  let [hasListened, pauseMs]: [boolean, number] = [false, AGAIN_AFTER_MS.first]
  for (;;) {
    try {
      const feed = await context.host.openSocket(url, headers)
      const leave = (): void => feed.close()
      context.host.interrupted.addEventListener('abort', leave, { once: true })
      if (!context.isJson) context.note(hasListened ? 'Listening again. Events of the pause are missing.' : 'Listening.')
      ;[hasListened, pauseMs] = [true, AGAIN_AFTER_MS.first]
      for await (const message of feed.messages) show(context, message)
      context.host.interrupted.removeEventListener('abort', leave)
    } catch (error) {
      if (!hasListened) throw await whyNot(context, error)
    }
    if (context.host.interrupted.aborted) return EXIT.interrupted
    await context.pause(pauseMs)
    pauseMs = Math.min(2 * pauseMs, AGAIN_AFTER_MS.limit)
  }
}

/** A WebSocket does not say why it was refused. A plain request to the same place does. */
async function whyNot(context: Context, error: unknown): Promise<unknown> {
  const { url, apiKey } = context.connection
  const request = new Request(`${url}/ws`, { headers: { 'X-Api-Key': apiKey } })
  const response = await context.host.fetch(request)
  const answer = (await response.json().catch(() => ({}))) as { detail?: string }
  return answer.detail === undefined
    ? error
    : new Failure(answer.detail, { exitCode: EXIT.refused, advice: 'docs/WEBHOOKS.md tells where the stream is.' })
}

function show(context: Context, message: string): void {
  const envelope = parse(message)
  if (envelope === null) return
  context.event(envelope, () => {
    const { event = '?', session = '-', timestamp, payload = {} } = envelope
    const at = clock(new Date(timestamp ?? context.now).toISOString()) ?? ''
    const line = plain(`${event.padEnd(16)} ${session}  ${summaryOf(payload)}`)
    const { columns } = context.host.stdout
    return [`${context.paint('dim', at)}  ${columns === null ? line : truncate(line, columns - at.length - 2)}`]
  })
}

function parse(message: string): Envelope | null {
  try {
    return JSON.parse(message) as Envelope
  } catch {
    return null
  }
}

/** The few fields of an event that tell most. */
const TELLING = ['status', 'reason', 'from', 'to', 'ackName', 'body', 'id'] as const

const summaryOf = (payload: Readonly<Record<string, unknown>>): string =>
  TELLING.flatMap((name) => {
    const value = payload[name]
    return typeof value === 'string' || typeof value === 'number' ? [`${name}=${value}`] : []
  }).join(' ')
