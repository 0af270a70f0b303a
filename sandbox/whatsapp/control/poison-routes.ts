// Control routes: messages that a client cannot process.
import type { Hono } from 'hono'
import { z } from 'zod'
import { Refused } from '../pairing.ts'
import { POISON_KINDS } from '../poison.ts'
import type { Simulator } from '../simulator.ts'
import { groupOf } from './group-routes.ts'
import { contactOf, linkedAccount, phone, positive, read } from './request.ts'

/** A frame can hold 16 MiB. */
const MOST_BYTES = 15_000_000

const poison = z.strictObject({
  to: phone,
  kind: z.enum(POISON_KINDS, `kind must be one of: ${POISON_KINDS.join(', ')}`),
  retry: z.enum(['good', 'bad', 'off']).default('off'),
  text: z.string().min(1).default('the good message'),
  bytes: positive.max(MOST_BYTES).default(1_000_000),
  group: z.string().optional(),
})

export const poisonRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/contacts/:phone/poison', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { to, group: groupId, ...wanted } = await read(c, poison)
    if (wanted.kind === 'no-sender-key' && groupId === undefined) throw new Refused(400, 'no-sender-key needs a group')
    const group = groupId === undefined ? undefined : groupOf(simulator, groupId)
    return c.json({ id: await simulator.poison.send(contact, linkedAccount(simulator, to), { ...wanted, group }) })
  })
}
