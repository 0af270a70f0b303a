import { once } from 'node:events'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { batchedIn } from './batch.ts'
import { answerGrpc, isGrpc, sendGrpc } from './grpc.ts'
import { makeCertificate } from './certificates.ts'
import { answer } from './services/services.ts'
import { type Call, type Fields, PROJECT, PROJECT_NUMBER, World } from './world.ts'

/** One request, as the file `requests.jsonl` has it. */
export interface Recorded {
  readonly method: string
  readonly host: string
  readonly path: string
  readonly status: number
  /** True when it changed something, or would have if it had not been struck. */
  readonly mutates: boolean
  readonly body?: unknown
}

/** What happens to a request that changes something. `client` is what the client told the proxy: `user:password`. */
export type Strike = (request: { readonly what: string; readonly client: string }) => 'let through' | 'before' | 'after'

export interface RecorderOptions {
  readonly folder: string
  /** Ends a client before its request has an effect, or before it has the answer. */
  readonly strike?: Strike
  /** Answers for hosts that are none of Google's APIs. Null for the others. */
  readonly elsewhere?: Elsewhere
}

export type Elsewhere = (request: {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly bytes: Buffer
}) => Promise<globalThis.Response> | null

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

/**
 * Stands in for all of Google's APIs. It is a proxy that answers every host itself, with a certificate of its own, so that no tool has
 * to be told other addresses. It remembers what was made, and writes down every request.
 */
export class GoogleRecorder {
  readonly world = new World()
  readonly requests: Recorded[] = []
  readonly #folder: string
  readonly #strike: Strike
  readonly #elsewhere: Elsewhere
  readonly #certificate
  readonly #secure
  readonly #proxy
  /** The names of clients by the ports of their connections. */
  readonly #clients = new Map<number, string>()
  readonly #sockets = new Set<Duplex>()

  private constructor({ folder, strike = () => 'let through', elsewhere = () => null }: RecorderOptions) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.#strike = strike
    this.#elsewhere = elsewhere
    this.#certificate = makeCertificate(folder)
    const { key, cert } = this.#certificate
    const serve = (request: Request, response: Response) => {
      this.#serve(request, response).catch((error: unknown) => {
        process.stderr.write(`The recorder failed: ${error instanceof Error ? error.stack : String(error)}\n`)
        response.destroy()
      })
    }
    this.#secure = createSecureServer({ key, cert, allowHTTP1: true }, serve)
    this.#secure.on('tlsClientError', () => {})
    this.#proxy = createServer(serve)
    this.#proxy.on('connect', (request, socket: Duplex & { remotePort?: number }, head) => this.#connect(request, socket, head))
  }

  /** Needs openssl. */
  static async start(options: RecorderOptions): Promise<GoogleRecorder> {
    const recorder = new GoogleRecorder(options)
    recorder.#proxy.listen(0, '127.0.0.1')
    await once(recorder.#proxy, 'listening')
    return recorder
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`
  }

  /** The environment in which gcloud, firebase-tools and Node's `fetch` talk to the recorder and nobody else. */
  environment(): Record<string, string> {
    const token = join(this.#folder, 'token')
    writeFileSync(token, 'ya29.recorded')
    const { caFile } = this.#certificate
    const { hostname, port } = new URL(this.url)
    return {
      CLOUDSDK_CONFIG: join(this.#folder, 'gcloud'),
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
      CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
      CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: caFile,
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token,
      CLOUDSDK_PROXY_TYPE: 'http',
      CLOUDSDK_PROXY_ADDRESS: hostname,
      CLOUDSDK_PROXY_PORT: port,
      GOOGLE_OAUTH_ACCESS_TOKEN: 'ya29.recorded',
      HTTPS_PROXY: this.url,
      HTTP_PROXY: this.url,
      NO_PROXY: '127.0.0.1,localhost',
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: caFile,
      METADATA_SERVER_DETECTION: 'none',
      FIREBASE_TOKEN: 'recorded',
      XDG_CONFIG_HOME: join(this.#folder, 'config'),
    }
  }

  /** The requests after the first `count` that changed something. */
  changesSince(count: number): readonly Recorded[] {
    return this.requests.slice(count).filter(({ mutates, status }) => mutates && status < 400)
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#proxy.closeAllConnections()
    this.#proxy.close()
    await once(this.#proxy, 'close')
  }

  #connect(request: IncomingMessage, socket: Duplex & { remotePort?: number }, head: Buffer): void {
    const port = socket.remotePort ?? 0
    this.#clients.set(port, nameIn(request.headers['proxy-authorization']))
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#clients.delete(port)
      this.#sockets.delete(socket)
    })
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (head.length > 0) socket.unshift(head)
    this.#secure.emit('connection', socket)
  }

  async #serve(request: Request, response: Response): Promise<void> {
    const client = this.#clients.get(request.socket?.remotePort ?? 0) ?? ''
    const bytes = await buffer(request)
    const authority = (request.headers[':authority'] as string | undefined) ?? request.headers.host ?? ''
    const url = new URL(request.url ?? '/', `https://${authority}`)
    const elsewhere = this.#elsewhere({ method: request.method ?? 'GET', url, headers: headersOf(request), bytes })
    if (elsewhere !== null) return passOn(await elsewhere, response)
    const outer = callOf(request, url, bytes)
    const batched = batchedIn(outer)
    const call = batched?.call ?? outer
    if (isGrpc(request.headers) && 'stream' in response) return this.#serveGrpc(call, response)
    const mutates = isChange(call)
    const what = `${call.method} ${call.host}${call.path}`
    const fate = mutates ? this.#strike({ what, client }) : 'let through'
    if (fate === 'before') return void response.destroy()
    const answered = answer(call, this.world)
    const { status, body } = answered
    this.#record({ method: call.method, host: url.hostname, path: call.path + url.search, status, mutates, body: redacted(call) })
    if (fate === 'after') return void response.destroy()
    const { contentType, text } = batched?.wrap(answered) ?? {
      contentType: 'application/json; charset=UTF-8',
      text: body === undefined ? '' : JSON.stringify(body),
    }
    response.statusCode = batched ? 200 : status
    response.setHeader('content-type', contentType)
    if ('stream' in response) response.end(text)
    else response.end(text)
  }

  #serveGrpc({ host, path, bytes }: Call, response: Http2ServerResponse): void {
    const answered = answerGrpc(path, bytes, this.world)
    // The status of HTTP says nothing here.
    this.#record({ method: 'GRPC', host, path, status: answered.code === 0 ? 200 : 404, mutates: !path.includes('/Get') })
    sendGrpc(response, answered)
  }

  #record(request: Recorded): void {
    this.requests.push(request)
    appendFileSync(join(this.#folder, 'requests.jsonl'), `${JSON.stringify({ n: this.requests.length, ...request })}\n`)
  }
}

/** Proxies are told `user:password` in the way of HTTP. */
const nameIn = (authorization: string | undefined): string => Buffer.from(authorization?.split(' ')[1] ?? '', 'base64').toString()

/** Those of HTTP/2 that begin with a colon are no headers elsewhere. */
const headersOf = ({ headers }: Request): Headers =>
  new Headers(Object.entries(headers).flatMap(([name, value]) => (name.startsWith(':') ? [] : [[name, String(value)]])))

async function passOn(answer: globalThis.Response, response: Response): Promise<void> {
  response.statusCode = answer.status
  response.setHeader('content-type', answer.headers.get('content-type') ?? 'application/octet-stream')
  const bytes = Buffer.from(await answer.arrayBuffer())
  if ('stream' in response) response.end(bytes)
  else response.end(bytes)
}

function callOf(request: Request, url: URL, bytes: Buffer): Call {
  const host = url.hostname.replace(/\.mtls\./, '.').replace(new RegExp('^[a-z]+-[a-z]+\\d+-(?=[a-z]+\\.googleapis)'), '')
  return {
    method: request.method ?? 'GET',
    host,
    // A project is one thing under its id and its number.
    path: decodeURIComponent(url.pathname).replace(`/projects/${PROJECT_NUMBER}`, `/projects/${PROJECT}`),
    query: url.searchParams,
    body: jsonIn(bytes),
    bytes,
    contentType: request.headers['content-type'] ?? '',
    account: /^Bearer recorded:(.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
  }
}

function jsonIn(bytes: Buffer): Fields {
  try {
    const value = JSON.parse(bytes.toString()) as unknown
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}

const READS =
  /:(getIamPolicy|getEffectiveOrgPolicy|testIamPermissions|test|generateUploadUrl|queryTestablePermissions|list|runQuery|runAggregationQuery|generateAccessToken|generateIdToken)$|\/token(info)?$|generateServiceIdentity$/

const isChange = ({ method, path, query }: Call): boolean =>
  !['GET', 'HEAD', 'OPTIONS'].includes(method) && !READS.test(path) && !query.has('dryRun')

/** Values of secrets are not written down. */
function redacted({ body, bytes }: Call): unknown {
  const payload = body['payload']
  if (typeof payload === 'object' && payload !== null) return { ...body, payload: 'a secret' }
  return Object.keys(body).length > 0 || bytes.length === 0 ? body : `${bytes.length} bytes`
}
