// A small bridge between Holdfast and a program of yours: it takes webhooks, checks who sent them, and answers messages.
// It runs with `node bridge.mjs` (Node 20 or newer) and needs no package. docs/examples/README.md tells how to set it up.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'

const { HOLDFAST_URL, HOLDFAST_API_KEY, WEBHOOK_KEY, PORT = '8090', HOST = '127.0.0.1' } = process.env
if (!HOLDFAST_URL || !HOLDFAST_API_KEY || !WEBHOOK_KEY) {
  console.error('Set HOLDFAST_URL (https://…), HOLDFAST_API_KEY and WEBHOOK_KEY (the `hmac.key` of the webhook).')
  process.exit(78)
}

/** Webhooks that are older are refused, so that nobody can send a recorded one again. Repeats of Holdfast are signed anew. */
const MOST_SECONDS_OLD = 300
/** A larger event is refused. */
const MOST_BYTES = 4 * 1024 * 1024

/** What your program has to say. Null: nothing. A bridge to Chatwoot or to a model would ask it here. */
async function answerTo(message) {
  return message.body ? `You wrote: ${message.body}` : null
}

// The signatures. One of the two is enough; this checks both, to show how.

const hmac = (algorithm, key, ...parts) => parts.reduce((sum, part) => sum.update(part), createHmac(algorithm, key)).digest()

const isEqual = (one, other) => one.length === other.length && timingSafeEqual(one, other)

/** WAHA's: HMAC-SHA-512 of the body, hex. While a key is replaced, the one before it signs in a header of its own. */
function isSignedAsWaha(headers, body) {
  const expected = hmac('sha512', WEBHOOK_KEY, body)
  const given = [headers['x-webhook-hmac'], headers['x-webhook-hmac-previous']]
  return given.some((hex) => hex !== undefined && isEqual(Buffer.from(hex, 'hex'), expected))
}

/** That of Standard Webhooks: HMAC-SHA-256 of id, time and body. The header has one signature for each key, with spaces between. */
function isSignedAsStandard(headers, body) {
  const { 'webhook-id': id = '', 'webhook-timestamp': seconds = '', 'webhook-signature': signatures = '' } = headers
  if (!(Math.abs(Date.now() / 1000 - Number(seconds)) <= MOST_SECONDS_OLD)) return false
  const key = WEBHOOK_KEY.startsWith('whsec_') ? Buffer.from(WEBHOOK_KEY.slice('whsec_'.length), 'base64') : WEBHOOK_KEY
  const expected = hmac('sha256', key, `${id}.${seconds}.`, body)
  const given = signatures.split(' ').filter((one) => one.startsWith('v1,'))
  return given.some((one) => isEqual(Buffer.from(one.slice('v1,'.length), 'base64'), expected))
}

/** Answers a message of a person. The key makes a repeated event harmless: it never becomes a second message. */
async function answer({ id, event, session, payload }) {
  if (event !== 'message' || payload.fromMe || !/@(c\.us|lid)$/.test(payload.from)) return
  const text = await answerTo(payload)
  if (text === null) return
  const response = await fetch(`${HOLDFAST_URL}/api/sendText`, {
    method: 'POST',
    headers: { 'X-Api-Key': HOLDFAST_API_KEY, 'Content-Type': 'application/json', 'Idempotency-Key': `answer-${id}` },
    body: JSON.stringify({ session, chatId: payload.from, text, reply_to: payload.id }),
    signal: AbortSignal.timeout(8000),
  })
  const body = await response.text()
  // 429 and 5xx pass, so the event has to come again. Any other refusal stays one: look into the log.
  if (response.status === 429 || response.status >= 500) throw new Error(`${response.status} ${body}`)
  console.log(response.ok ? `answered ${id}` : `refused ${id}: ${response.status} ${body}`)
}

async function bodyOf(request) {
  const parts = []
  let bytes = 0
  for await (const part of request) {
    bytes += part.length
    if (bytes > MOST_BYTES) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Returns the status of the answer. Only 2xx ends an event: Holdfast sends it again after anything else. */
async function take(request) {
  if (request.method !== 'POST') return 405
  const body = await bodyOf(request)
  if (body === null) return 413
  if (!isSignedAsWaha(request.headers, body) || !isSignedAsStandard(request.headers, body)) return 401
  try {
    await answer(JSON.parse(body.toString('utf8')))
    return 200
  } catch (error) {
    console.error(`not answered: ${error.message}`)
    return 503
  }
}

const server = createServer((request, response) => {
  take(request).then(
    (status) => response.writeHead(status).end(),
    () => response.destroy(),
  )
})
server.listen(Number(PORT), HOST, () => console.log(`listening on http://${HOST}:${server.address().port}`))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close())
