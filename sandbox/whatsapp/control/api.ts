// The simulator's HTTP routes: the actions of a person with the phones, and the state of the network.
import { Hono } from 'hono'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { stateOf } from '../state.ts'
import { contactRoutes } from './contact-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { faultRoutes } from './fault-routes.ts'
import { groupRoutes } from './group-routes.ts'
import { limitRoutes } from './limit-routes.ts'
import { mediaRoutes } from './media-routes.ts'
import { phoneRoutes } from './phone-routes.ts'
import { poisonRoutes } from './poison-routes.ts'
import { sayRoutes } from './say-routes.ts'
import { stanzaRoutes } from './stanza-routes.ts'
import { syncRoutes } from './sync-routes.ts'

export const makeControlApi = (simulator: Simulator, where: () => { url: string; media: string }): Hono => {
  const app = new Hono()
  const root = Buffer.from(simulator.services.trust.rootPublic).toString('hex')
  app.get('/health', (c) => c.json({ ok: true, root, ...where() }))
  app.get('/state', (c) => c.json(stateOf(simulator.services, c.req.queries('phone'))))
  phoneRoutes(app, simulator)
  contactRoutes(app, simulator)
  mediaRoutes(app, simulator)
  syncRoutes(app, simulator)
  deviceRoutes(app, simulator)
  groupRoutes(app, simulator)
  sayRoutes(app, simulator)
  poisonRoutes(app, simulator)
  stanzaRoutes(app, simulator)
  limitRoutes(app, simulator)
  faultRoutes(app, simulator)
  app.notFound((c) => c.json({ error: `no such route: ${c.req.method} ${c.req.path}` }, 404))
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ error: error.message }, error.status)
    simulator.services.violations.record('simulator-fault', String(error.stack ?? error))
    return c.json({ error: String(error) }, 500)
  })
  return app
}
