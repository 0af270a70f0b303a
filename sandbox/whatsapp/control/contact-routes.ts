// Control routes: contacts, their messages and receipts.
import type { Hono } from 'hono'
import { z } from 'zod'
import { receiptSender } from '../addressing.ts'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { RETRY_KEYS } from '../person.ts'
import type { Contact, ReceivedMessage } from '../person.ts'
import { contactOf, device, handsetOf, inOrder, linkedAccount, phone, positive, read, unusual } from './request.ts'

const bodies = {
  again: z.strictObject({ id: z.string().min(1), device, keys: z.enum(RETRY_KEYS).optional() }),
  addressing: z.strictObject({ mode: z.enum(['pn', 'lid']) }),
  contact: z.strictObject({
    phone,
    name: z.string().min(1),
    autoReceipt: z.boolean().default(true),
    answersAs: z.enum(['own-name', 'asked-name']).default('own-name'),
    retryKeys: z.enum(RETRY_KEYS).default('all'),
    ...unusual,
  }),
  profile: z.strictObject({ about: z.string().optional(), picture: z.base64().optional() }),
  send: z.strictObject({ to: phone, text: z.string().min(1), count: positive.max(100_000).optional(), device }),
  receipt: z.strictObject({ id: z.string().min(1), type: z.enum(['delivery', 'read']), device }),
}

const receivedBy = (contact: Contact, id: string): ReceivedMessage => {
  const received = contact.received.get(id)
  if (received) return received
  throw new Refused(404, `${contact.phone} has not received a message ${id}`)
}

export const contactRoutes = (app: Hono, simulator: Simulator): void => {
  const { world } = simulator.services
  app.post('/contacts', async (c) => {
    const wanted = await read(c, bodies.contact)
    if (world.accounts.has(wanted.phone)) throw new Refused(409, `${wanted.phone} is the phone of an account already`)
    const contact = world.contacts.get(wanted.phone) ?? world.addContact(wanted.phone, wanted.name, wanted)
    const { name, autoReceipt, answersAs, retryKeys } = wanted
    Object.assign(contact, { name, autoReceipt, answersAs, retryKeys })
    return c.json({ phone: contact.phone }, 201)
  })
  app.post('/contacts/:phone/lid', (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    world.giveLid(contact)
    return c.json({ lid: contact.lid })
  })
  app.post('/contacts/:phone/profile', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { about, picture } = await read(c, bodies.profile)
    contact.about = about
    contact.picture = picture === undefined ? undefined : Buffer.from(picture, 'base64')
    return c.json({ ok: true })
  })
  app.post('/contacts/:phone/send', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { to, text, count, device } = await read(c, bodies.send)
    const [account, handset] = [linkedAccount(simulator, to), handsetOf(contact, device)]
    return c.json({ ids: await inOrder(text, count, (one) => simulator.contacts.send(contact, account, one, handset)) })
  })
  app.post('/contacts/:phone/receipt', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { id, type, device } = await read(c, bodies.receipt)
    const received = receivedBy(contact, id)
    const group = world.groups.get(received.group ?? '')
    const sender = receiptSender(handsetOf(contact, device), contact.modeFor(received.device.phone), group)
    simulator.replies.sendReceipt(sender, received.device, id, type)
    return c.json({ ok: true })
  })
  app.post('/contacts/:phone/ask-again', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { id, device, keys = contact.retryKeys } = await read(c, bodies.again)
    const [received, handset] = [receivedBy(contact, id), handsetOf(contact, device)]
    const mode = contact.modeFor(received.device.phone)
    const sender = receiptSender(handset, mode, world.groups.get(received.group ?? ''))
    simulator.replies.requestRetry(sender, handset, received.device, id, keys)
    return c.json({ ok: true })
  })
  app.post('/contacts/:phone/addressing', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { mode } = await read(c, bodies.addressing)
    if (mode === 'lid' && contact.lid === undefined) throw new Refused(409, `${contact.phone} has no LID`)
    contact.addressing = mode
    return c.json({ ok: true })
  })
  app.post('/contacts/:phone/forget-sessions', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    await simulator.contacts.forgetSessions(contact)
    return c.json({ ok: true })
  })
}
