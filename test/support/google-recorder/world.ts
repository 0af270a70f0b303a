import { randomUUID } from 'node:crypto'

export type Fields = Record<string, unknown>

/** A request to one of Google's APIs. */
export interface Call {
  readonly method: string
  /** Without a region: `us-central1-run.googleapis.com` is `run.googleapis.com`. */
  readonly host: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Fields
  readonly bytes: Buffer
  readonly contentType: string
  /** The account in whose name it is made, null for the caller's own and for nobody. */
  readonly account: string | null
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
}

export const PROJECT = 'demo-holdfast'
export const PROJECT_NUMBER = '123456789012'
export const REGION = 'us-central1'

/** The runners of the pool, as Google's services show them. */
export interface Fleet {
  /** The rows of a query for the documents of runners. */
  runners(): readonly Fields[]
  /** The number of sessions that are wanted online and have no owner. */
  unowned(): number
  /** Log lines about what went wrong. */
  log(): readonly Fields[]
}

/** The end of a job's execution: whether it has succeeded. */
export type JobRun = (args: readonly string[]) => Promise<boolean>

/**
 * Everything that exists in the recorded project, by `host/path`. Keys that begin with `answer:` change what is answered about things
 * that are always there: health, billing, the heartbeat of a runner.
 */
export class World {
  /** What runners do, where a test tells it. */
  fleet: Fleet | null = null
  /** What a job of Cloud Run does, where a test tells it. Otherwise it succeeds at once. */
  runJob: JobRun = () => Promise.resolve(true)
  readonly things = new Map<string, Fields>()
  /** The values of versions of secrets, in base64, by the keys of the versions. No record has them. */
  readonly values = new Map<string, string>()
  #serial = 0

  /** Services that a new project has. */
  readonly enabled = new Set(['serviceusage', 'storage', 'logging', 'monitoring'].map((name) => `${name}.googleapis.com`))

  serial(): number {
    return ++this.#serial
  }

  etag(): string {
    return Buffer.from(randomUUID()).toString('base64')
  }

  /** Things whose key begins like this, with one more part. */
  below(prefix: string): readonly Fields[] {
    return [...this.things]
      .filter(([key]) => key.startsWith(prefix) && !/[/#]/.test(key.slice(prefix.length)))
      .map(([, one]) => one)
  }

  hasAccount(email: string): boolean {
    return this.things.has(`iam.googleapis.com/v1/projects/${PROJECT}/serviceAccounts/${email}`)
  }
}

export const ok = (body: unknown = {}): Answer => ({ status: 200, body })

export const failure = (status: number, reason: string, message: string, details: readonly object[] = []): Answer => ({
  status,
  body: { error: { code: status, status: reason, message, errors: [{ reason, message }], details } },
})

export const notFound = (name: string): Answer => failure(404, 'NOT_FOUND', `${name} was not found.`)

export const alreadyExists = (name: string): Answer => failure(409, 'ALREADY_EXISTS', `${name} already exists.`)

export const now = (): string => new Date().toISOString()

/** An operation that is over. It can be asked for below the place that the path names, because gcloud takes the name apart. */
export function done(world: World, response: object, { path = '', type = 'google.protobuf.Empty' } = {}): Answer {
  const parent = /projects\/[^/]+(\/(locations|databases)\/[^/:]+)?/.exec(path)?.[0]
  const name = `${parent === undefined ? '' : `${parent}/`}operations/recorder-${world.serial()}`
  const body = { name, done: true, metadata: {}, response: { '@type': `type.googleapis.com/${type}`, ...response } }
  world.things.set(`operation:${name}`, body)
  return ok(body)
}
