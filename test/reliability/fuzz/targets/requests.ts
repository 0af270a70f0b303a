import { startApi, type Answer } from '../../../integration/api/api-under-test.ts'
import { EVERY_ROUTE } from '../../../integration/api/every-route.ts'
import { MemoryObjects } from '../../../integration/contract/memory-objects.ts'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { mutateBytes, mutateText, mutateValue } from '../mutations.ts'
import { described, type Target } from '../target.ts'

/** Mutates the requests of callers. The API has to answer each of them; a 5xx is reserved for faults of the product. */
const requests: Target = {
  name: 'requests',
  promise: 'every request gets an answer; a mistake of the caller gets a 4xx with the reason',
  async open() {
    const api = await startApi()
    const { call } = api.with({ objects: new MemoryObjects() })
    await api.post('/api/sessions', { name: 'main' })
    const routes = Object.entries(EVERY_ROUTE)
    return {
      async attempt(random) {
        const [route, { path, body, headers }] = random.pick(routes)
        const given = mutatedRequest(random, { method: route.split(' ')[0] ?? 'GET', path, body, headers: headers ?? {} })
        if (!given) return null
        try {
          return problemOf(await call(given.path, given.init), route)
        } catch (error) {
          return `${route} threw ${described(error)}`
        }
      },
      close: async () => api[Symbol.asyncDispose](),
    }
  },
}

interface Given {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** Returns null for a request that no client can send. */
function mutatedRequest(
  random: SeededRandom,
  { method, path, body, headers }: Given,
): { path: string; init: RequestInit } | null {
  const changed = random.chance(0.5) ? mutateText(random, path) : path
  const given = Object.fromEntries(
    Object.entries({ 'Content-Type': 'application/json', ...headers }).map(([name, value]) => [
      name,
      random.chance(0.3) ? mutateText(random, value) : value,
    ]),
  )
  const asked = random.chance(0.1) ? random.pick(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']) : method
  const sends = asked !== 'GET' && asked !== 'HEAD'
  try {
    const init = { method: asked, headers: new Headers(given), ...(sends ? { body: mutatedBody(random, body ?? {}) } : {}) }
    return { path: new URL(changed, 'http://localhost').href.slice('http://localhost'.length), init }
  } catch {
    return null
  }
}

function mutatedBody(random: SeededRandom, body: unknown): string | Uint8Array<ArrayBuffer> {
  if (random.chance(0.3)) return new Uint8Array(mutateBytes(random, Buffer.from(JSON.stringify(body))))
  return JSON.stringify(mutateValue(random, body)) ?? ''
}

function problemOf({ status, headers, body }: Answer, route: string): string | null {
  if (status < 400) return null
  if (status >= 500) return `${route} was answered with ${status}: ${JSON.stringify(body).slice(0, 300)}`
  const isProblem = headers.get('content-type') === 'application/problem+json'
  return isProblem || body === '' ? null : `${route} was refused with ${status}, but not as application/problem+json`
}

export const REQUESTS: readonly Target[] = [requests]
