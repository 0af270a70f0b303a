// What people show of themselves and to whom: pictures, the text about them, blocked people, presence.
import { getBinaryNodeChild } from '@whiskeysockets/baileys'
import type { Account } from './account.ts'
import type { Order } from './order.ts'
import type { Services } from './services.ts'
import type { Stanza } from './stanzas.ts'
import type { World } from './world.ts'

/** The beginning of a JPEG. The service takes no other pictures. */
const JPEG = Buffer.from([0xff, 0xd8, 0xff])

const textOf = ({ content }: Stanza): string =>
  content instanceof Uint8Array ? Buffer.from(content).toString('utf8') : typeof content === 'string' ? content : ''

const show = (world: World, order: Order): void => {
  const { target } = order.iq.attrs
  const shown = world.find(target) ?? world.groups.get(target ?? '')
  if (!shown?.picture) return order.refuse('404', 'item-not-found')
  const url = `https://pps.whatsapp.net/v/${encodeURIComponent(target ?? '')}?bytes=${shown.picture.length}`
  order.answer([{ tag: 'picture', attrs: { id: '1', type: 'image', url } }])
}

const change = (world: World, order: Order): void => {
  const { target } = order.iq.attrs
  const group = target === undefined ? undefined : world.groups.get(target)
  if (target !== undefined && !group) return order.refuse('404', 'item-not-found')
  if (group && (!group.has(order.account) || (group.locked && !group.isAdmin(order.account))))
    return order.refuse('403', 'forbidden')
  const picture = getBinaryNodeChild(order.iq, 'picture')?.content
  if (picture !== undefined && !(picture instanceof Uint8Array && JPEG.equals(picture.subarray(0, 3)))) {
    return order.refuse('406', 'not-acceptable')
  }
  const shown = group ?? order.account
  shown.picture = picture === undefined ? undefined : Buffer.from(picture)
  order.answer([{ tag: 'picture', attrs: { id: '1' } }])
}

/** The service knows blocked people by their LIDs, and wants the number beside a new one. */
const block = (world: World, order: Order): void => {
  const { action, jid = '', pn_jid: pn } = order.child.attrs
  const person = world.find(jid)
  const isComplete = action === 'unblock' || (pn !== undefined && world.find(pn) === person)
  if (!person || !jid.endsWith('@lid') || !isComplete) return order.refuse('400', 'bad-request')
  if (action === 'block') order.account.blocked.add(jid)
  else order.account.blocked.delete(jid)
  order.answer([{ tag: 'list', attrs: { matched: 'true' } }])
}

export const profileOrders = (world: World): Record<string, (order: Order) => void> => ({
  'get w:profile:picture picture': (order) => show(world, order),
  'set w:profile:picture picture': (order) => change(world, order),
  'set w:profile:picture': (order) => change(world, order),
  'set status status': (order) => {
    order.account.about = textOf(order.child)
    order.answer()
  },
  'get blocklist': (order) => {
    const items = [...order.account.blocked].map((jid) => ({ tag: 'item', attrs: { jid } }))
    order.answer([{ tag: 'list', attrs: {}, content: items }])
  },
  'set blocklist item': (order) => block(world, order),
})

/** What usync tells of the text about a person. */
export const aboutNode = (about: string | undefined): Stanza =>
  about === undefined ? { tag: 'status', attrs: { code: '401' } } : { tag: 'status', attrs: { t: '0' }, content: about }

/** Takes a stanza about the presence of an account, or about what it does in a chat. */
export const takePresence = ({ happenings }: Services, account: Account, stanza: Stanza): void => {
  const { type, to } = stanza.attrs
  const [child] = Array.isArray(stanza.content) ? stanza.content : []
  const doing = child?.attrs['media'] === 'audio' ? 'recording' : child?.tag
  happenings.tell('presence', { phone: account.phone, presence: stanza.tag === 'presence' ? type : doing, to })
}
