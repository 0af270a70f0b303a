import { things } from '../things.ts'
import { type Answer, type Call, failure, notFound, ok, PROJECT, type World } from '../world.ts'

/** Logs, metrics, alerts and budgets. */

export function logging(call: Call, world: World): Answer {
  if (call.path.endsWith('entries:list')) return ok({ entries: world.fleet?.log() ?? [], ...world.things.get('answer:log') })
  return things(call, world, { nameOf: ({ name }) => String(name) })
}

export function monitoring(call: Call, world: World): Answer {
  const { method, path, body } = call
  if (method === 'POST' && path.endsWith('/alertPolicies')) return withMetrics(call, world)
  if (method === 'POST' && /\/(notificationChannels|uptimeCheckConfigs)$/.test(path)) {
    return things(call, world, { nameOf: () => String(1000 + world.serial()) })
  }
  if (method === 'POST' && path.endsWith('/dashboards')) {
    const nameOf = () => String(body['name']).split('/').at(-1) ?? `d${world.serial()}`
    return things(call, world, { nameOf, defaults: () => ({ etag: 'e' }) })
  }
  if (method === 'PATCH' && path.includes('/dashboards/') && typeof body['etag'] !== 'string') {
    return failure(400, 'INVALID_ARGUMENT', 'A dashboard is changed with its etag.')
  }
  return things(call, world)
}

/** A policy can watch only a metric that exists. */
function withMetrics(call: Call, world: World): Answer {
  const used = [...JSON.stringify(call.body).matchAll(/logging\.googleapis\.com\/user\/(\w+)/g)].map(([, name = '']) => name)
  const missing = used.find((name) => !world.things.has(`logging.googleapis.com/v2/projects/${PROJECT}/metrics/${name}`))
  if (missing !== undefined) return notFound(`Cannot find metric that matches type = logging.googleapis.com/user/${missing}: it`)
  return things(call, world, { nameOf: () => String(1000 + world.serial()) })
}

export const budgets = (call: Call, world: World): Answer => things(call, world, { nameOf: () => `b${world.serial()}` })
