import { SignInCipher } from '@holdfast/core/security/sign-in-cipher'
import { VERSION } from '@holdfast/core/platform/version'
import { randomBytes } from 'node:crypto'
import { sessionPath } from '@holdfast/core/session/session-document'
import type { SessionCipher } from '@holdfast/core/security/envelope'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { createLogger } from '@holdfast/core/platform/logging'
import type { Change, DocumentStore, Fields } from '@holdfast/core/platform/ports'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import { loadSessionCipher } from '@holdfast/core/security/session-keys'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { type AppDependencies, createApp } from '../../../functions/src/app/app.ts'
import type { Principal } from '../../../functions/src/app/principal.ts'
import { keysBeside } from '../../../functions/src/app/authentication.ts'
import {
  type FirestoreUnderTest,
  type OwnFirestore,
  startFirestore,
  startOwnFirestore,
} from '../../support/firestore-under-test.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'
import { assertDescribed } from './described-answers.ts'

export const API_KEY = 'a key of 16 or more characters'

const OPERATOR: Principal = { key: 'operator', tenant: 'default', role: 'operator', sessions: 'all', requestsPerMinute: null }

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- each test checks the shape of its answers
  readonly body: any
}

type Calls = Pick<ApiUnderTest, 'get' | 'post' | 'send' | 'call' | 'open'>

export interface ApiUnderTest extends AsyncDisposable {
  readonly firestore: FirestoreUnderTest
  readonly documents: DocumentStore
  /** The tasks that the API enqueued. */
  readonly tasks: RecordedTasks
  readonly wrappingKey: WrappingKey
  /** The routes of the API, in the form `GET /api/sessions/:name`. */
  readonly routes: readonly string[]
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Sends a request with any method and a body of JSON. A text is sent as it is. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Sends a request with any method and any body. */
  call(path: string, init: RequestInit): Promise<Answer>
  /** Sends a request whose answer is no JSON, or has no end. */
  open(path: string, headers?: Record<string, string>, method?: string): Promise<Response>
  /** Makes another API on the same data, with some of its dependencies replaced. */
  with(changes: Partial<AppDependencies>): Calls
  /** Makes the same API for another caller: the operator of the tenant `default`, unless the principal says otherwise. */
  as(principal: Partial<Principal>, changes?: Partial<AppDependencies>): Calls
  /** Makes the same store with another `commit`. */
  committing(commit: (changes: readonly Change[], real: DocumentStore['commit']) => Promise<void>): AppDependencies['documents']
  /** Writes what a runner would write into the session's document. */
  asOwner(name: string, fields: Fields): Promise<void>
  heartbeat(runnerId: string, sessions?: Fields, more?: Fields): Promise<void>
  cipher(name: string): Promise<SessionCipher>
}

/** Starts the real app on the real Firestore client and Google's emulator. */
export const startApi = async (): Promise<ApiUnderTest> => apiOn(await startFirestore())

/** Starts the same app with a Firestore of its own, which a test may stop or kill. */
export async function startApiToHarm(): Promise<ApiUnderTest & { readonly firestore: OwnFirestore }> {
  const firestore = await startOwnFirestore()
  return { ...apiOn(firestore), firestore }
}

function apiOn(firestore: FirestoreUnderTest): ApiUnderTest {
  const { documents, objects } = firestore.clients
  const wrappingKey = new WrappingKey(randomBytes(32))
  const tasks = new RecordedTasks()
  const ending = new AbortController()
  const dependencies = {
    documents,
    objects,
    ending: ending.signal,
    archives: new MemoryObjects(),
    media: new MemoryObjects(),
    journalsOn: (guarded: DocumentStore) => new DocumentJournals(guarded),
    // Only /health uses it, and the tests of /health pass the real one.
    storage: { check: () => Promise.resolve() },
    tasks,
    wrappingKey,
    authenticatorOn: keysBeside(API_KEY),
    signIns: new SignInCipher([Buffer.from(API_KEY)]),
    tenantDefaults: DEFAULT_TENANT_SETTINGS,
    acceptsMessages: true,
    isRecoveryAutomatic: true,
    isMultiTenant: true,
    version: VERSION,
    thresholds: { cpu: 70, memory: 75 },
    clock: systemClock,
    logger: createLogger('api', 'silent'),
  }
  return {
    firestore,
    documents,
    tasks,
    wrappingKey,
    routes: routesOf(createApp(dependencies)),
    ...callsOf(dependencies),
    with: (changes) => callsOf({ ...dependencies, ...changes }),
    as: (principal, changes = {}) =>
      callsOf({ ...dependencies, ...changes, authenticatorOn: () => () => Promise.resolve({ ...OPERATOR, ...principal }) }),
    committing: (commit) => ({
      commit: (changes) => commit(changes, (real) => documents.commit(real)),
      read: (path) => documents.read(path),
      query: (query) => documents.query(query),
      count: (query) => documents.count(query),
      listen: (query, onEvents, onError) => documents.listen(query, onEvents, onError),
    }),
    asOwner: (name, fields) => documents.commit([{ kind: 'update', path: sessionPath(sessionIdOf('default', name)), fields }]),
    heartbeat: (runnerId, sessions = {}, more = {}) =>
      documents.commit([{ kind: 'merge', path: `runners/${runnerId}`, fields: { ...heartbeatFields(sessions), ...more } }]),
    async cipher(name) {
      const cipher = await loadSessionCipher(documents, sessionIdOf('default', name), wrappingKey)
      if (!cipher) throw new Error(`Session ${name} has no key.`)
      return cipher
    },
    [Symbol.asyncDispose]: () => {
      ending.abort()
      return firestore[Symbol.asyncDispose]()
    },
  }
}

/** Returns the routes of the app. It skips middleware, which Hono lists with the method ALL. */
const routesOf = ({ routes }: ReturnType<typeof createApp>): string[] => [
  ...new Set(routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
]

function callsOf(dependencies: AppDependencies): Calls {
  const app = createApp(dependencies)
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const headers = new Headers(init.headers)
    if (!headers.has('X-Api-Key')) headers.set('X-Api-Key', API_KEY)
    const response = await app.request(path, { ...init, headers })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json')
    const answer = { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
    assertDescribed(init.method ?? 'GET', path, answer)
    return answer
  }
  const send: Calls['send'] = (method, path, body, headers = {}) =>
    call(path, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  return {
    call,
    open: async (path, headers = {}, method = 'GET') =>
      app.request(path, { method, headers: { 'X-Api-Key': API_KEY, ...headers } }),
    send,
    get: (path, headers = {}) => call(path, { headers }),
    post: (path, body, headers) => send('POST', path, body, headers),
  }
}

const heartbeatFields = (sessions: Fields): Fields => ({
  v: 1,
  state: 'active',
  instanceId: null,
  startedAt: new Date(),
  heartbeatAt: new Date(),
  capacity: 50,
  heartbeatIntervalMs: 1000,
  deadAfterMs: 60_000,
  memoryBytes: 1,
  sessions,
})
