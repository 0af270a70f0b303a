import type { z } from 'zod'
import type { Authenticate } from '../app/authentication.ts'
import type { Principal, Role } from '../app/principal.ts'
import type { ProblemCode } from '../app/problems.ts'
import type { Asked, SignIns } from '../app/sign-in-cookie.ts'
import type { Dependencies } from '../use-cases/dependencies.ts'
import type { StoredFile } from '../use-cases/store-file.ts'
import type { EventHub } from '../use-cases/events/event-hub.ts'
import type { HealthCheck } from '../use-cases/health.ts'

/** The dependencies of routes. */
export interface RouteDependencies extends Dependencies {
  readonly health: HealthCheck
  readonly events: EventHub
}

export const READERS: readonly Role[] = ['operator', 'admin', 'send', 'read']
export const SENDERS: readonly Role[] = ['operator', 'admin', 'send']
export const ADMINS: readonly Role[] = ['operator', 'admin']
export const OPERATORS: readonly Role[] = ['operator']

interface AnswerDescription {
  readonly description: string
  /** The schema of the JSON body. `run` returns its output type, and the caller reads its input type. */
  readonly schema: z.ZodType
  /** Other content types that the caller can request. */
  readonly alsoAs?: readonly string[]
}

type Status = 200 | 201 | 202 | 206

type Answers = Partial<Record<Status, AnswerDescription>>

/** The schemas of a request. Their metadata has examples, which the OpenAPI document shows and the tests send. */
interface RequestSchemas {
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  readonly body?: z.ZodType
  /** The items of a list in the body, which refers to them by the name of this schema. The route checks each by itself. */
  readonly items?: z.ZodType
}

/** The description of a route. Its schemas give the types of `run`. */
interface Described<Request extends RequestSchemas, Given extends Answers> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** The path in Hono's notation: `/api/sessions/:name`. */
  readonly path: string
  /** The name of the operation in clients: `createSession`. */
  readonly operationId: string
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly request?: Request
  /** True for routes that send messages, which are too many for the audit log. The log has every other change. */
  readonly sendsMessages?: boolean
  /** True for a POST that only reads. */
  readonly changesNothing?: boolean
  /** True for routes whose body has a field `file`. Its data go to the object store while they arrive. */
  readonly takesFile?: boolean
  /** True if the caller may leave out the body. A missing body counts as `{}`. */
  readonly isBodyOptional?: boolean
  /** The size of the largest body; 1 MiB unless the route says more. */
  readonly maxBodyBytes?: number
  /** The size of the largest body where the API runs as a server, which nothing in front of it limits. As on a function unless it says more. */
  readonly maxBodyBytesOnServer?: number
  readonly answers: Given
  /** The codes of the route's own problems. `commonProblems` adds those that many routes share. */
  readonly problems?: readonly ProblemCode[]
}

/** The request itself, for the few routes that are about it: who asks, and by what. */
export interface Call extends Asked {
  /** The caller's key, from the header or from the cookie. Undefined where a route needs none. */
  readonly apiKey: string | undefined
  /** The key came sealed in the cookie of a browser. */
  readonly isByCookie: boolean
  readonly signIns: SignIns
  readonly authenticate: Authenticate
  /** Finds the caller anew. Rejects when the key is refused now. */
  again(): Promise<Principal>
}

interface Context<Request extends RequestSchemas> {
  readonly params: Parsed<Request['params']>
  readonly query: Parsed<Request['query']>
  readonly headers: Parsed<Request['headers']>
  readonly body: Parsed<Request['body']>
  /** The bytes of the field `file.data`; null without them, and for routes that take no file. */
  readonly stored: StoredFile | null
  readonly dependencies: RouteDependencies
  readonly call: Call
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

/** The result of `run`: one of the described answers as JSON, or a text in one of the content types of that answer. */
type Result<Given extends Answers> = {
  [S in keyof Given & Status]: Given[S] extends AnswerDescription
    ? JsonResult<S, Readable<z.output<Given[S]['schema']>>> | TextResult<S> | StreamResult<S>
    : never
}[keyof Given & Status]

interface JsonResult<S, Body> {
  readonly status: S
  readonly body: Body
  readonly headers?: Readonly<Record<string, string>>
}

interface TextResult<S = Status> {
  readonly status: S
  readonly text: string | Uint8Array<ArrayBuffer>
  readonly contentType: string
}

/** Bytes that are too many for memory, or that come as things happen. Of a `ReadableStream` the route hears at once when the caller has gone. */
export interface StreamResult<S = Status> {
  readonly status: S
  readonly stream: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>
  readonly headers: Readonly<Record<string, string>>
}

/** The same type with read-only fields and lists, because use cases return such values. */
type Readable<Value> = Value extends Date
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Readable<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: Readable<Value[Key]> }
      : Value

/** An entry of the table of routes. */
export interface Route extends Described<RequestSchemas, Answers> {
  /** The roles that may call the route. A route for `anybody` needs no API key. */
  readonly roles: readonly Role[] | 'anybody'
  run(context: Context<RequestSchemas> & { readonly principal: Principal }): Promise<RouteResult>
}

export type RouteResult = JsonResult<Status, unknown> | TextResult | StreamResult

/** Makes the entry of a route for callers with an API key. */
export const route = <const Request extends RequestSchemas, const Given extends Answers>(
  entry: Described<Request, Given> & {
    readonly roles: readonly Role[]
    run(context: Context<Request> & { readonly principal: Principal }): Promise<Result<Given>>
  },
): Route => entry

/** Makes the entry of a route that needs no API key. */
export const openRoute = <const Request extends RequestSchemas, const Given extends Answers>(
  entry: Described<Request, Given> & { run(context: Context<Request>): Promise<Result<Given>> },
): Route => ({ ...entry, roles: 'anybody' }) as unknown as Route
