// Control routes: phones and their companions.
import type { Hono } from 'hono'
import { z } from 'zod'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { historyOrder, makePast } from '../sync/past.ts'
import { contactOf, linkedAccount, phone, read, unusual } from './request.ts'

const bodies = {
  phone: z.strictObject({
    phone,
    keyShare: z.boolean().default(false),
    sendsReceipts: z.boolean().default(false),
    history: historyOrder.optional(),
    ...unusual,
  }),
  presence: z.strictObject({ online: z.boolean() }),
  send: z.strictObject({ to: phone, text: z.string().min(1) }),
  repeat: z.strictObject({ id: z.string().min(1) }),
  scan: z.strictObject({ qr: z.string().min(1) }),
  linkCode: z.strictObject({ code: z.string().min(1) }),
}

export const phoneRoutes = (app: Hono, simulator: Simulator): void => {
  const { world } = simulator.services
  app.post('/phones', async (c) => {
    const wanted = await read(c, bodies.phone)
    if (world.contacts.has(wanted.phone)) throw new Refused(409, `${wanted.phone} is a contact already`)
    if (!world.accounts.has(wanted.phone)) {
      const account = world.addAccount(wanted.phone, wanted.keyShare, wanted)
      if (wanted.history) account.past = makePast({ world, letters: simulator.letters }, account, wanted.history)
    }
    return c.json({ phone: wanted.phone }, 201)
  })
  app.post('/phones/:phone/scan', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { qr } = await read(c, bodies.scan)
    const device = await simulator.pairing.scan(account, qr)
    return c.json({ deviceJid: device.jid })
  })
  app.post('/phones/:phone/link-code', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { code } = await read(c, bodies.linkCode)
    const device = await simulator.codePairing.enter(account, code)
    return c.json({ deviceJid: device.jid })
  })
  app.post('/phones/:phone/presence', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    account.isOnline = (await read(c, bodies.presence)).online
    return c.json({ online: account.isOnline })
  })
  app.post('/phones/:phone/send', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { to, text } = await read(c, bodies.send)
    return c.json({ id: await simulator.contacts.sendFromPhone(account, contactOf(simulator, to), text) }, 201)
  })
  app.post('/phones/:phone/repeat', async (c) => {
    const account = simulator.account(c.req.param('phone'))
    const { id } = await read(c, bodies.repeat)
    const repeated = [...account.companions.values()].filter(({ queue }) => queue.repeat(id)).length
    if (repeated === 0) throw new Refused(404, `no message ${id} was ever delivered to a companion of ${account.phone}`)
    return c.json({ repeated })
  })
  app.post('/phones/:phone/unlink', (c) => {
    simulator.unlinkAll(simulator.account(c.req.param('phone')))
    return c.json({ ok: true })
  })
}
