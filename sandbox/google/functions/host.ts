import express, { type Express, type NextFunction, type Request, type Response } from 'express'

// Google's limit: https://cloud.google.com/functions/quotas (HTTP request, 2nd gen).
const BODY_LIMIT = '32mb'

/** The parts of a function's definition that the host needs, as a deployment reads them. */
interface Endpoint {
  httpsTrigger?: object
  taskQueueTrigger?: object
  scheduleTrigger?: object
  eventTrigger?: object
}

type HttpFunction = ((request: Request, response: Response) => unknown) & { __endpoint: Endpoint }

export interface Host {
  app: Express
  /** Names of the mounted functions, and of those whose trigger this host lacks. */
  mounted: string[]
  ignored: string[]
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
  const mounted: string[] = []
  const ignored: string[] = []
  const functions = Object.entries(exports).filter((entry): entry is [string, HttpFunction] => isFunction(entry[1]))
  // `api` comes last: at the root it would answer for all others.
  for (const [name, handler] of functions.sort(([a], [b]) => Number(a === 'api') - Number(b === 'api'))) {
    if (!handler.__endpoint.httpsTrigger) {
      ignored.push(name)
      continue
    }
    app.use(name === 'api' ? '/' : `/${name}`, (request, response) => handler(request, response))
    mounted.push(name)
  }
  return { app, mounted, ignored }
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
    express.raw({ ...options, type: () => true }),
    (error: { status?: number; message: string }, _request: Request, response: Response, _next: NextFunction) => {
      response.status(error.status ?? 400).send(error.message)
    },
  ] as const
}
