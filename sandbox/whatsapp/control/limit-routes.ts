// Control routes: limits of an account, and tokens of contacts.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { Simulator } from '../simulator.ts'
import { contactOf, linkedAccount, phone, positive, read } from './request.ts'

/** `tells: false`: the service says nothing of it until it is asked. */
const tells = { tells: z.boolean().default(true) }

const bodies = {
  lock: z.strictObject({ type: z.string().default('RESTRICT_ALL_COMPANIONS'), seconds: positive, ...tells }),
  /** `crosses`: it ends right behind the next answer about limits, and the notice of it comes with that answer. */
  lift: z.strictObject({ ...tells, crosses: z.boolean().default(false) }),
  cap: z.strictObject({
    status: z.string(),
    used: z.number().int().nonnegative(),
    total: z.number().int().nonnegative(),
    seconds: positive.optional(),
    ...tells,
  }),
  token: z.strictObject({ to: phone }),
}

export const limitRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/phones/:phone/reach-out-lock', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { type, seconds, tells: told } = await read(c, bodies.lock)
    account.reachOutLock = { type, untilMs: Date.now() + seconds * 1000 }
    if (told) simulator.limits.announceLock(account)
    return c.json({ ok: true }, 201)
  })
  app.delete('/phones/:phone/reach-out-lock', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { tells: told, crosses } = await read(c, bodies.lift)
    const lift = (): void => {
      account.reachOutLock = undefined
      if (told) simulator.limits.announceLock(account)
    }
    if (crosses) account.behindAnswer = lift
    else lift()
    return c.json({ ok: true })
  })
  app.post('/phones/:phone/message-cap', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { seconds, tells: told, ...cap } = await read(c, bodies.cap)
    account.messageCap = { ...cap, untilMs: seconds === undefined ? undefined : Date.now() + seconds * 1000 }
    if (told) simulator.limits.announceCap(account)
    return c.json({ ok: true }, 201)
  })
  app.post('/contacts/:phone/token', async (c) => {
    const { to } = await read(c, bodies.token)
    simulator.limits.giveToken(contactOf(simulator, c.req.param('phone')), linkedAccount(simulator, to))
    return c.json({ ok: true }, 201)
  })
}
