// Control routes: groups, their members, and contacts' messages there.
import type { Hono } from 'hono'
import { z } from 'zod'
import type { AddressingMode } from '../addressing-mode.ts'
import type { Group, Member } from '../group.ts'
import { Refused } from '../pairing.ts'
import type { Simulator } from '../simulator.ts'
import { contactOf, device, handsetOf, inOrder, phone, positive, read } from './request.ts'

const phones = z.array(phone).min(1)

const bodies = {
  group: z.strictObject({
    subject: z.string().min(1),
    participants: phones,
    addressing: z.enum(['lid', 'pn']).default('lid'),
    disappearsAfter: z.int().min(0).default(0),
  }),
  participants: z.strictObject({ add: phones.optional(), remove: phones.optional() }),
  send: z.strictObject({ from: phone, text: z.string().min(1), count: positive.max(100_000).optional(), device }),
  channel: z.strictObject({ name: z.string().min(1), owner: phone }),
  follower: z.strictObject({ phone }),
  rotate: z.strictObject({ contact: phone }),
}

export const groupOf = (simulator: Simulator, id: string): Group => {
  const group = simulator.services.world.groups.get(id)
  if (group) return group
  throw new Refused(404, `there is no group ${id}: create it with POST /groups {"subject":"…","participants":["…"]}`)
}

const memberOf = (simulator: Simulator, number: string): Member => {
  const { world } = simulator.services
  const member = world.accounts.get(number) ?? world.contacts.get(number)
  if (member) return member
  throw new Refused(404, `there is neither a phone nor a contact ${number}: create it with POST /phones or POST /contacts`)
}

const assertNames = (addressing: AddressingMode, members: readonly Member[]): void => {
  const nameless = members.find(({ lid }) => lid === undefined)
  if (addressing === 'lid' && nameless) throw new Refused(409, `${nameless.phone} has no LID, by which this group names people`)
}

const writerIn = (simulator: Simulator, group: Group, number: string) => {
  const contact = contactOf(simulator, number)
  if (group.has(contact)) return contact
  throw new Refused(409, `${number} is not in the group: add it with POST /groups/${group.id}/participants {"add":["${number}"]}`)
}

export const groupRoutes = (app: Hono, simulator: Simulator): void => {
  app.post('/groups', async (c) => {
    const { subject, participants, addressing, disappearsAfter } = await read(c, bodies.group)
    const [owner, ...others] = participants.map((number) => memberOf(simulator, number))
    if (!owner) throw new Refused(400, 'a group needs somebody in it')
    assertNames(addressing, [owner, ...others])
    const { id } = simulator.groupChanges.create(subject, addressing, [owner, ...others], disappearsAfter)
    return c.json({ id }, 201)
  })
  app.post('/channels/:id/followers', async (c) => {
    const id = c.req.param('id')
    const channel = simulator.services.world.channels.get(id)
    if (!channel) throw new Refused(404, `there is no channel ${id}: create it with POST /channels {"name":"…","owner":"…"}`)
    channel.followers.add(simulator.account((await read(c, bodies.follower)).phone))
    return c.json({ ok: true }, 201)
  })
  app.post('/channels', async (c) => {
    const { name, owner } = await read(c, bodies.channel)
    const { id } = simulator.services.world.addChannel(name, simulator.account(owner))
    return c.json({ id }, 201)
  })
  app.post('/groups/:id/participants', async (c) => {
    const group = groupOf(simulator, c.req.param('id'))
    const { add = [], remove = [] } = await read(c, bodies.participants)
    const [added, removed] = [add, remove].map((list) => list.map((number) => memberOf(simulator, number)))
    assertNames(group.addressing, added ?? [])
    if (added?.length) simulator.groupChanges.add(group, added)
    if (removed?.length) simulator.groupChanges.remove(group, removed)
    return c.json({ participants: group.members.map(({ phone }) => phone) })
  })
  app.post('/groups/:id/send', async (c) => {
    const group = groupOf(simulator, c.req.param('id'))
    const { from, text, count, device } = await read(c, bodies.send)
    const contact = writerIn(simulator, group, from)
    const handset = handsetOf(contact, device)
    return c.json({ ids: await inOrder(text, count, (one) => simulator.groups.send(group, contact, one, handset)) })
  })
  app.post('/groups/:id/rotate', async (c) => {
    const group = groupOf(simulator, c.req.param('id'))
    const { contact } = await read(c, bodies.rotate)
    writerIn(simulator, group, contact).main.dropGroupKey(group.id)
    return c.json({ ok: true })
  })
}
