// The simulator's HTTP routes: what a person with the phones, and the weather on the network, would do.
import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { FAULT_KINDS } from './faults.ts'
import { Refused } from './pairing.ts'
import type { Simulator } from './simulator.ts'
import { stateOf } from './state.ts'
import type { Account, Contact } from './world.ts'

const phone = z.string().regex(/^\d{5,15}$/, 'a phone is 5 to 15 digits, without +')
const positive = z.number().int().positive()

const bodies = {
  phone: z.strictObject({ phone, keyShare: z.boolean().default(false) }),
  scan: z.strictObject({ qr: z.string().min(1) }),
  contact: z.strictObject({ phone, name: z.string().min(1), autoReceipt: z.boolean().default(true) }),
  send: z.strictObject({ to: phone, text: z.string().min(1), count: positive.max(100_000).optional() }),
  receipt: z.strictObject({ id: z.string().min(1), type: z.enum(['delivery', 'read']) }),
  fault: z.strictObject({
    account: phone.optional(),
    kind: z.enum(FAULT_KINDS, `kind must be one of: ${FAULT_KINDS.join(', ')}`),
    code: positive.optional(),
    count: positive.optional(),
    ms: positive.optional(),
  }),
}

const read = async <T>(context: Context, schema: z.ZodType<T>): Promise<T> => {
  const text = await context.req.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw new Refused(400, 'the body must be a JSON object')
  }
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new Refused(400, result.error.issues.map((issue) => [...issue.path, issue.message].join(': ')).join('; '))
}

const contactOf = (simulator: Simulator, number: string): Contact => {
  const contact = simulator.services.world.contacts.get(number)
  if (contact) return contact
  throw new Refused(404, `there is no contact ${number}: create it with POST /contacts {"phone":"${number}","name":"…"}`)
}

const linkedAccount = (simulator: Simulator, number: string): Account => {
  const account = simulator.account(number)
  if (account.companions.size > 0) return account
  throw new Refused(409, `nothing is linked to phone ${number}: show it a code with POST /phones/${number}/scan`)
}

const numbered = (text: string, n: number): string => text.replaceAll('{n}', String(n))

/** A sequence of texts, sent one after the other as a person would. */
const sendAll = async (simulator: Simulator, contact: Contact, account: Account, text: string, count?: number) => {
  if ((count ?? 1) > 1 && !text.includes('{n}')) throw new Refused(400, 'with count the text needs {n}: no two messages alike')
  const ids: string[] = []
  for (let n = 1; n <= (count ?? 1); n++) ids.push(await simulator.contacts.send(contact, account, numbered(text, n)))
  return ids
}

const phoneRoutes = (app: Hono, simulator: Simulator): void => {
  const { world } = simulator.services
  app.post('/phones', async (c) => {
    const wanted = await read(c, bodies.phone)
    if (world.contacts.has(wanted.phone)) throw new Refused(409, `${wanted.phone} is a contact already`)
    if (!world.accounts.has(wanted.phone)) world.addAccount(wanted.phone, wanted.keyShare)
    return c.json({ phone: wanted.phone }, 201)
  })
  app.post('/phones/:phone/scan', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { qr } = await read(c, bodies.scan)
    const device = await simulator.pairing.scan(account, qr)
    return c.json({ deviceJid: device.jid })
  })
  app.post('/phones/:phone/unlink', (c) => {
    simulator.unlinkAll(simulator.account(c.req.param('phone')))
    return c.json({ ok: true })
  })
}

const contactRoutes = (app: Hono, simulator: Simulator): void => {
  const { world } = simulator.services
  app.post('/contacts', async (c) => {
    const wanted = await read(c, bodies.contact)
    if (world.accounts.has(wanted.phone)) throw new Refused(409, `${wanted.phone} is the phone of an account already`)
    const contact = world.contacts.get(wanted.phone) ?? world.addContact(wanted.phone, wanted.name)
    contact.name = wanted.name
    contact.autoReceipt = wanted.autoReceipt
    return c.json({ phone: contact.phone }, 201)
  })
  app.post('/contacts/:phone/send', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { to, text, count } = await read(c, bodies.send)
    return c.json({ ids: await sendAll(simulator, contact, linkedAccount(simulator, to), text, count) })
  })
  app.post('/contacts/:phone/receipt', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { id, type } = await read(c, bodies.receipt)
    const received = contact.received.get(id)
    if (!received) throw new Refused(404, `${contact.phone} has not received a message ${id}`)
    simulator.contacts.sendReceipt(contact, received.device, id, type)
    return c.json({ ok: true })
  })
  app.post('/contacts/:phone/forget-sessions', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    await simulator.contacts.forgetSessions(contact)
    return c.json({ ok: true })
  })
}

const faultRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/faults', async (c) => {
    const order = await read(c, bodies.fault)
    if (order.kind === 'latency' && order.ms === undefined) throw new Refused(400, 'latency needs ms: the delay of each frame')
    if (order.account !== undefined) simulator.account(order.account)
    return c.json({ id: simulator.orderFault(order) }, 201)
  })
  app.delete('/faults', (c) => {
    simulator.services.faults.clear()
    return c.json({ ok: true })
  })
}

export const makeControlApi = (simulator: Simulator, url: () => string): Hono => {
  const app = new Hono()
  const root = Buffer.from(simulator.services.trust.rootPublic).toString('hex')
  app.get('/health', (c) => c.json({ ok: true, root, url: url() }))
  app.get('/state', (c) => c.json(stateOf(simulator.services)))
  phoneRoutes(app, simulator)
  contactRoutes(app, simulator)
  faultRoutes(app, simulator)
  app.notFound((c) => c.json({ error: `no such route: ${c.req.method} ${c.req.path}` }, 404))
  app.onError((error, c) => {
    if (error instanceof Refused) return c.json({ error: error.message }, error.status)
    simulator.services.violations.record('simulator-fault', String(error.stack ?? error))
    return c.json({ error: String(error) }, 500)
  })
  return app
}
