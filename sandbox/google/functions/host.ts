import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { readIdentityToken } from '../identity-token.ts'
import {
  queueDefinition,
  scheduleDefinition,
  type Endpoint,
  type QueueDefinition,
  type ScheduleDefinition,
} from './definitions.ts'

// Google's limit: https://cloud.google.com/functions/quotas (HTTP request, 2nd gen).
const BODY_LIMIT = '32mb'

type HttpFunction = ((request: Request, response: Response) => unknown) & { __endpoint: Endpoint }

export interface Host {
  app: Express
  /** Names of the mounted functions, and of those whose trigger this host lacks. */
  mounted: string[]
  ignored: string[]
  /** What a deployment makes for the mounted functions. */
  queues: QueueDefinition[]
  schedules: ScheduleDefinition[]
}

/**
 * Serves the functions of a module as Cloud Functions does, with the same request and response objects. Each 2nd-gen function
 * has a host name of its own; here `api` has the root to itself, and every other function the path of its name.
 */
export function hostFunctions(exports: Record<string, unknown>): Host {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', true)
  app.use(...readBody())
  const host: Host = { app, mounted: [], ignored: [], queues: [], schedules: [] }
  const functions = Object.entries(exports).filter((entry): entry is [string, HttpFunction] => isFunction(entry[1]))
  // `api` comes last: at the root it would answer for all others.
  for (const [name, handler] of functions.sort(([a], [b]) => Number(a === 'api') - Number(b === 'api'))) {
    mount(host, name, handler)
  }
  return host
}

function mount(host: Host, name: string, handler: HttpFunction): void {
  const { httpsTrigger, taskQueueTrigger, scheduleTrigger } = handler.__endpoint
  if (taskQueueTrigger) host.queues.push(queueDefinition(name, handler.__endpoint))
  if (scheduleTrigger) host.schedules.push(scheduleDefinition(name, handler.__endpoint))
  if (!httpsTrigger && !taskQueueTrigger && !scheduleTrigger) {
    host.ignored.push(name)
    return
  }
  const path = name === 'api' ? '/' : `/${name}`
  if (!httpsTrigger) host.app.use(path, forGoogleOnly(name))
  host.app.use(path, (request, response) => handler(request, response))
  host.mounted.push(name)
}

/** Lets in what Cloud Run would let in: a call with an identity token that was made for this function. */
const forGoogleOnly = (name: string) => (request: Request, response: Response, next: NextFunction) => {
  const token = readIdentityToken(request.headers.authorization)
  if (token === null) return void response.status(403).send('The request has no identity token.')
  const url = `${request.protocol}://${request.get('host')}/${name}`
  if (token.aud !== url || typeof token.email !== 'string') return void response.status(401).send(`The token is not for ${url}.`)
  next()
}

const isFunction = (value: unknown): value is HttpFunction => typeof value === 'function' && '__endpoint' in value

/** Reads the body before the function runs, as Google does: parsed in `body`, raw in `rawBody`. */
function readBody() {
  const verify = (request: object, _response: object, rawBody: Buffer) => {
    Object.assign(request, { rawBody })
  }
  const options = { limit: BODY_LIMIT, verify }
  return [
    express.json({ ...options, type: ['application/json', 'application/*+json'] }),
    express.text({ ...options, type: 'text/*' }),
    express.urlencoded({ ...options, extended: true }),
    express.raw({ ...options, type: '*/*' }),
    (error: { status?: number; message: string }, _request: Request, response: Response, _next: NextFunction) => {
      response.status(error.status ?? 400).send(error.message)
    },
  ] as const
}
