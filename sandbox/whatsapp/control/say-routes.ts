// Control routes: any message of WhatsApp's protocol that a person says, in a chat or a group, and votes.
import { proto } from '@whiskeysockets/baileys'
import type { Hono } from 'hono'
import { z } from 'zod'
import { nameIn } from '../names.ts'
import { Refused } from '../pairing.ts'
import type { Contact } from '../person.ts'
import type { Simulator } from '../simulator.ts'
import { answerTo, voteFor, type Asked } from '../votes.ts'
import { groupOf } from './group-routes.ts'
import { contactOf, device, handsetOf, linkedAccount, phone, read } from './request.ts'

const attrs = z.record(z.string(), z.string()).default({})

/** A message as JSON of its protobuf, with bytes in base64. */
const message = z.record(z.string(), z.unknown())

const place = { to: phone.optional(), group: z.string().optional() }

const asked = z.strictObject({
  id: z.string().min(1),
  /** The phone of the author. */
  author: phone,
  secret: z.base64(),
})

const bodies = {
  say: z.strictObject({ ...place, message, attrs, device }),
  fromPhone: z.strictObject({ ...place, message, attrs }),
  vote: z.strictObject({ ...place, asked, options: z.array(z.string()) }),
  answer: z.strictObject({ ...place, asked, response: z.enum(['GOING', 'NOT_GOING', 'MAYBE']) }),
}

const decoded = (json: Record<string, unknown>): proto.IMessage => proto.Message.fromObject(json)

type Place = { to?: string | undefined; group?: string | undefined }

const say = (
  simulator: Simulator,
  contact: Contact,
  { to, group }: Place,
  sent: proto.IMessage,
  more: Record<string, string>,
  number = 0,
) => {
  const handset = handsetOf(contact, number)
  if (group !== undefined) return simulator.groups.say(groupOf(simulator, group), contact, sent, more, handset)
  if (to === undefined) throw new Refused(400, 'a message goes to a phone (to) or a group')
  return simulator.contacts.say(contact, linkedAccount(simulator, to), sent, more, handset)
}

/** The message that is answered, and its key, as the client of the answering contact names both. */
const askedBy = (simulator: Simulator, contact: Contact, { to, group }: Place, given: z.infer<typeof asked>) => {
  const { world } = simulator.services
  const writer = world.accounts.get(given.author) ?? contactOf(simulator, given.author)
  const mode = group === undefined ? contact.modeFor(to ?? '') : groupOf(simulator, group).addressing
  const author = nameIn(writer, mode)
  const chat = group === undefined ? { remoteJid: author } : { remoteJid: group, participant: author }
  const key = { id: given.id, fromMe: writer === contact, ...chat }
  const about: Asked = { id: given.id, author, secret: Buffer.from(given.secret, 'base64'), key }
  return { about, self: nameIn(contact, mode) }
}

export const sayRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/contacts/:phone/say', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { message: json, attrs: more, device: number, ...where } = await read(c, bodies.say)
    return c.json({ id: await say(simulator, contact, where, decoded(json), more, number) }, 201)
  })
  app.post('/phones/:phone/say', async (c) => {
    const account = linkedAccount(simulator, c.req.param('phone'))
    const { to, group, message: json, attrs: more } = await read(c, bodies.fromPhone)
    const sent = decoded(json)
    const id =
      group === undefined
        ? await simulator.contacts.sayFromPhone(account, contactOf(simulator, to ?? ''), sent, more)
        : await simulator.groups.say(groupOf(simulator, group), account, sent, more)
    return c.json({ id }, 201)
  })
  app.post('/contacts/:phone/vote', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { asked: given, options, ...where } = await read(c, bodies.vote)
    const { about, self } = askedBy(simulator, contact, where, given)
    return c.json({ id: await say(simulator, contact, where, voteFor(about, self, options), { type: 'poll' }) }, 201)
  })
  app.post('/contacts/:phone/answer', async (c) => {
    const contact = contactOf(simulator, c.req.param('phone'))
    const { asked: given, response, ...where } = await read(c, bodies.answer)
    const { about, self } = askedBy(simulator, contact, where, given)
    return c.json({ id: await say(simulator, contact, where, answerTo(about, self, response), { type: 'event' }) }, 201)
  })
}
