// Control routes: faults of the network and of the service.
import type { Hono } from 'hono'
import { z } from 'zod'
import { DELAYS, FAULT_KINDS } from '../faults.ts'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { phone, positive, read } from './request.ts'

const faultBody = z.strictObject({
  account: phone.optional(),
  kind: z.enum(FAULT_KINDS, `kind must be one of: ${FAULT_KINDS.join(', ')}`),
  code: positive.optional(),
  attrs: z.record(z.string(), z.string()).optional(),
  conflict: z.enum(['replaced', 'device_removed']).optional(),
  condition: z.string().min(1).optional(),
  query: z.string().min(1).optional(),
  after: positive.optional(),
  count: positive.optional(),
  ms: positive.optional(),
})

export const faultRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/faults', async (c) => {
    const order = await read(c, faultBody)
    if (DELAYS.has(order.kind) && order.ms === undefined) {
      throw new Refused(400, `${order.kind} needs ms: the delay of each frame, or the time that each download takes`)
    }
    if (order.account !== undefined) simulator.account(order.account)
    return c.json({ id: simulator.orderFault(order) }, 201)
  })
  app.delete('/faults', (c) => {
    simulator.services.faults.clear()
    return c.json({ ok: true })
  })
}
