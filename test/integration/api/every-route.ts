import type { z } from 'zod'
import type { Route } from '../../../functions/src/api/route.ts'
import { ROUTES } from '../../../functions/src/api/routes.ts'

/** A valid request to a route, for the session `main` or something that belongs to it. */
export interface RouteRequest {
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request for every route that needs an API key, by method and pattern, made from the examples of its description. */
export const EVERY_ROUTE: Readonly<Record<string, RouteRequest>> = Object.fromEntries(
  ROUTES.filter(({ roles }) => roles !== 'anybody').map((route) => [`${route.method} ${route.path}`, requestOf(route)]),
)

function requestOf({ path, request = {} }: Route): RouteRequest {
  const params = examplesOf(request.params)
  const query = new URLSearchParams(examplesOf(request.query)).toString()
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => params[name] ?? '')
  const body = request.body?.meta()?.['example']
  return {
    path: query === '' ? filled : `${filled}?${query}`,
    ...(body === undefined ? {} : { body }),
    headers: examplesOf(request.headers),
  }
}

/** Returns the example of each field that has one. */
function examplesOf(schema: z.ZodObject | undefined): Record<string, string> {
  const examples = Object.entries(schema?.shape ?? {}).map(([name, field]) => [name, field.meta()?.['example']])
  return Object.fromEntries(
    examples.filter(([, example]) => example !== undefined).map(([name, example]) => [name, String(example)]),
  )
}
