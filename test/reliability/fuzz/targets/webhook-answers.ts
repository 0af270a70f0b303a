import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { SafeHttp } from '@holdfast/core/adapters/outgoing/http'
import { outsideOr } from '@holdfast/core/adapters/outgoing/inside-addresses'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { postEvent } from '../../../../functions/src/use-cases/webhooks/post-event.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { mutateBytes } from '../mutations.ts'
import type { Target } from '../target.ts'

const STATUSES = [
  200, 201, 202, 204, 299, 300, 301, 302, 303, 307, 308, 400, 401, 404, 408, 410, 413, 425, 429, 451, 500, 502, 503, 504, 599,
]

const RETRY_AFTER = [
  '0',
  '1',
  '60',
  '3600',
  '86400',
  '999999999',
  '9'.repeat(60),
  '-1',
  '1.5',
  '1e9',
  '',
  ' 5 ',
  '5, 10',
  'soon',
  'NaN',
]
const DATES = ['Fri, 31 Dec 9999 23:59:59 GMT', 'Mon, 01 Jan 2001 00:00:00 GMT', 'Wed, 99 Foo 2026 99:99:99 GMT', '2030-01-01']

const HOUR_MS = 3_600_000

/** No attempt takes longer here. A real one has ten seconds. */
const LIMITS = { totalMs: 300, connectMs: 300 }
/** An attempt that takes this many times its limits has not ended in time. */
const LATE_AFTER = 10

const SECRET = 'never-to-be-told'

/** What an end point sends, and how it goes on behind that. */
interface Answering {
  readonly bytes: Buffer
  readonly behind: 'ends' | 'hangs' | 'goes on' | 'resets'
  /** The status, when the answer is one that HTTP knows. */
  readonly status: number | null
}

/** End points that answer anything. The event must go out again unless it was taken, and nothing may hang or follow a redirect. */
const webhookAnswers: Target = {
  name: 'webhook-answers',
  promise:
    'an attempt ends in time, counts as taken for a 2xx only, asks for an hour at most, tells no secret and follows no redirect',
  async open() {
    let answering: Answering
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
      socket.once('data', () => answer(socket, answering))
    })
    let strayed = 0
    const elsewhere = createServer((socket) => {
      strayed++
      socket.destroy()
    })
    for (const one of [server, elsewhere]) {
      one.listen(0, '127.0.0.1')
      await once(one, 'listening')
    }
    const portOf = (one: typeof server): number => (one.address() as AddressInfo).port
    const http = new SafeHttp({ mayConnect: outsideOr(['127.0.0.1']), limits: LIMITS })
    const endpoint = {
      id: 'one',
      url: `http://127.0.0.1:${portOf(server)}/hook?token=${SECRET}`,
      events: ['*'],
      retries: null,
      secrets: { key: SECRET, previous: null, headers: [{ name: 'Authorization', value: SECRET }] },
    }
    const delivery = { eventId: 'evt_1', isOutOfOrder: false, redrives: 0 }
    return {
      async attempt(random) {
        answering = answeringOf(random, portOf(elsewhere))
        const ended = new AbortController()
        const posted = postEvent({ notifications: { http }, clock: systemClock }, endpoint, delivery, Buffer.from('{}'))
        const outcome = await Promise.race([posted, isLate(ended.signal)]).finally(() => ended.abort())
        for (const socket of sockets) socket.destroy()
        if (outcome === LATE) return `the attempt took more than ${LATE_AFTER} times its limit`
        if (strayed > 0) return 'a redirect was followed'
        const { status } = answering
        const { failure } = outcome
        const isTaken = failure === null
        if (status !== null && isTaken !== (status >= 200 && status < 300))
          return `status ${status} counts as ${isTaken ? 'taken' : 'failed'}`
        if (!failure) return null
        const { retryAfterMs, message, code } = failure
        if (JSON.stringify(failure).includes(SECRET)) return 'the failure tells a secret'
        if (retryAfterMs !== null && !(retryAfterMs >= 0 && retryAfterMs <= HOUR_MS))
          return `it is left alone for ${retryAfterMs} ms`
        return message.length <= 300 && code !== '' ? null : 'the failure is not described as promised'
      },
      async close() {
        await http.close()
        for (const socket of sockets) socket.destroy()
        for (const one of [server, elsewhere]) one.close()
      },
    }
  },
}

const LATE = Symbol('late')

/** Waits as long as many attempts may take, one after the other. A busy machine holds up these waits as it holds up an attempt. */
async function isLate(signal: AbortSignal): Promise<typeof LATE> {
  try {
    for (let left = LATE_AFTER; left > 0; left--) await pause(LIMITS.totalMs, undefined, { signal })
  } catch {
    // The attempt has ended.
  }
  return LATE
}

function answeringOf(random: SeededRandom, elsewhere: number): Answering {
  const status = random.pick(STATUSES)
  const body = 'x'.repeat(random.pick([0, 1, 100, 20_000, 100_000]))
  const length = random.pick([
    `Content-Length: ${body.length}`,
    'Transfer-Encoding: chunked',
    'Connection: close',
    'Content-Length: 999999999',
  ])
  const headers = [
    length,
    `Retry-After: ${random.pick([...RETRY_AFTER, ...DATES])}`,
    ...(random.chance(0.5) ? [`Location: http://127.0.0.1:${elsewhere}/`] : []),
    ...(random.chance(0.1) ? [`X-Long: ${'a'.repeat(random.pick([100, 20_000, 200_000]))}`] : []),
  ]
  const whole = Buffer.from(`HTTP/1.1 ${status} Some Words\r\n${headers.join('\r\n')}\r\n\r\n`)
  const isWhole = random.chance(0.5)
  const isBounded = whole.length < 10_000
  // Most end, because the others take the whole time of an attempt.
  const behind = random.chance(0.1) ? random.pick(['hangs', 'goes on', 'resets'] as const) : 'ends'
  if (isWhole)
    return { bytes: Buffer.concat([whole, Buffer.from(body)]), behind, status: isBounded && behind !== 'resets' ? status : null }
  return { bytes: mutateBytes(random, Buffer.concat([whole, Buffer.from(body)])), behind, status: null }
}

function answer(socket: Socket, { bytes, behind }: Answering): void {
  socket.write(bytes)
  if (behind === 'ends') socket.end()
  else if (behind === 'resets') socket.resetAndDestroy()
  else if (behind === 'goes on') goOn(socket)
}

/** A body without an end. */
function goOn(socket: Socket): void {
  if (socket.destroyed) return
  socket.write(Buffer.alloc(64 * 1024, 0x20), () => setImmediate(goOn, socket))
}

export const WEBHOOK_ANSWERS: readonly Target[] = [webhookAnswers]
