import { commonProblems } from '../../../functions/src/api/openapi.ts'
import type { Route } from '../../../functions/src/api/route.ts'
import { ROUTES } from '../../../functions/src/api/routes.ts'
import { problemSchema } from '../../../functions/src/api/schemas.ts'

/** An answer of the API. */
interface RealAnswer {
  readonly status: number
  readonly headers: Headers
  /** Parsed if the content type is JSON. */
  readonly body: unknown
}

/** Finds the entry that describes a request. Null if no route serves the request. HEAD is GET without the body. */
function routeOf(method: string, path: string): Route | null {
  const { pathname } = new URL(`http://localhost${path}`)
  const describes = (route: Route): boolean =>
    route.method === (method === 'HEAD' ? 'GET' : method) &&
    new RegExp(`^${route.path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`).test(pathname.replace(/(.)\/$/, '$1'))
  return ROUTES.find(describes) ?? null
}

/**
 * Compares an answer with the description of its route. Fields that are not described are errors.
 *
 * @throws Error when the answer differs from the description
 */
export function assertDescribed(method: string, path: string, answer: RealAnswer): void {
  const route = routeOf(method, path)
  if (!route) {
    if (answer.status < 400)
      throw new Error(`${method} ${path} has no entry in the table of routes, but answers ${answer.status}.`)
    return
  }
  if (method === 'HEAD') return
  const wrong = answer.status < 400 ? wrongAnswer(route, answer) : wrongProblem(route, answer)
  if (wrong) throw new Error(`${route.method} ${route.path} differs from its description: ${wrong}`)
}

function wrongAnswer({ answers }: Route, { status, headers, body }: RealAnswer): string | null {
  const described = Object.entries(answers).find(([code]) => code === String(status))?.[1]
  if (!described) return `status ${status}`
  const type = headers.get('content-type') ?? ''
  if (type !== 'application/json') return described.alsoAs?.includes(type) ? null : `content type ${type}`
  return described.schema.safeParse(body).error?.message ?? null
}

function wrongProblem(route: Route, { status, headers, body }: RealAnswer): string | null {
  if (headers.get('content-type') !== 'application/problem+json') return `status ${status} without a problem`
  const parsed = problemSchema.safeParse(body)
  if (!parsed.success) return parsed.error.message
  const { code } = parsed.data
  // Damage and outages of stores have codes of their own, which every route can answer.
  const codes: readonly string[] = [...(route.problems ?? []), ...commonProblems(route)]
  return codes.includes(code) || status >= 500 ? null : `problem ${code}`
}
