import type { Answer, Call, Fields } from './world.ts'

/** A request that carries one other request, as gcloud sends them to Compute Engine. */
export interface Batched {
  readonly call: Call
  /** The content of the answer. */
  readonly wrap: (answer: Answer) => { readonly contentType: string; readonly text: string }
}

/** Returns the request inside of a batch. Null for what is no batch. Throws an error for a batch of several. */
export function batchedIn(call: Call): Batched | null {
  if (!call.path.startsWith('/batch/')) return null
  const text = call.bytes.toString()
  const requests = [...text.matchAll(/^(GET|POST|PUT|PATCH|DELETE) (\S+) HTTP/gm)]
  const [first] = requests
  if (!first || requests.length > 1) throw new Error(`The batch has ${requests.length} requests.`)
  const [, method = '', target = ''] = first
  const url = new URL(target, `https://${call.host}`)
  const id = /^content-id: <?([^>\r\n]+)>?/im.exec(text)?.[1] ?? ''
  return {
    call: {
      ...call,
      method,
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      body: bodyIn(text.slice(first.index)),
    },
    wrap: (answer) => wrapped(id, answer),
  }
}

/** The body of the inner request ends where the batch ends. */
function bodyIn(request: string): Fields {
  const json = /\{[^]*\}/.exec(request)?.[0]
  return json === undefined ? {} : (JSON.parse(json) as Fields)
}

const BOUNDARY = 'batch_recorder'

function wrapped(id: string, { status, body }: Answer) {
  const lines = [
    `--${BOUNDARY}`,
    'Content-Type: application/http',
    `Content-ID: <response-${id}>`,
    '',
    `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Error'}`,
    'Content-Type: application/json; charset=UTF-8',
    '',
    JSON.stringify(body ?? {}),
    `--${BOUNDARY}--`,
    '',
  ]
  return { contentType: `multipart/mixed; boundary=${BOUNDARY}`, text: lines.join('\r\n') }
}
