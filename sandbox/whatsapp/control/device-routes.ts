// Control routes: companions of contacts, and reinstalled phones.
import type { Hono } from 'hono'
import { z } from 'zod'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { contactOf, handsetOf, read } from './request.ts'

const notice = z.strictObject({ notice: z.enum(['change', 'update', 'none']).default('change') })
const reinstall = z.strictObject({ notice: z.enum(['change', 'none']).default('change') })

export const deviceRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/contacts/:phone/devices', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { number } = simulator.deviceChanges.add(contact, (await read(c, notice)).notice)
    return c.json({ device: number }, 201)
  })
  app.post('/contacts/:phone/reinstall', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    await simulator.deviceChanges.reinstall(contact, (await read(c, reinstall)).notice)
    return c.json({ ok: true })
  })
  app.delete('/contacts/:phone/devices/:number', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const handset = handsetOf(contact, Number(c.req.param('number')))
    if (handset === contact.main) throw new Refused(409, 'device 0 is the phone itself: it cannot be removed')
    simulator.deviceChanges.remove(contact, handset, (await read(c, notice)).notice)
    return c.json({ ok: true })
  })
}
