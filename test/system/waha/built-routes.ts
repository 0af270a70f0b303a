import { WAHA_ROUTES, type WahaRoute } from './routes-of-waha.ts'
import type { WahaWorld } from './waha-world.ts'

/** The names of parameters do not count. */
const shapeOf = (route: string): string => route.replaceAll(/\{\w+\}/g, '{}')

/** The routes of WAHA that the API's own description has. */
export async function builtRoutes(waha: WahaWorld): Promise<ReadonlySet<WahaRoute>> {
  const { body } = await waha.call('GET', '/api/openapi.json')
  const paths = Object.entries(body.paths as Record<string, object>)
  const own = new Set(
    paths.flatMap(([path, methods]) => Object.keys(methods).map((method) => shapeOf(`${method.toUpperCase()} ${path}`))),
  )
  return new Set(WAHA_ROUTES.filter((route) => own.has(shapeOf(route))))
}

/** Routes that are there to say why they cannot be had: 422. */
export const REFUSED: readonly WahaRoute[] = ['GET /api/screenshot', 'POST /api/server/stop']
