// Changes of groups that clients ask for (`w:g2`): members and admins are checked as the service does, and all members hear of them.
import { getBinaryNodeChild, getBinaryNodeChildren } from '@whiskeysockets/baileys'
import type { Group, Member } from './group.ts'
import type { GroupChanges } from './group-changes.ts'
import { tellGroup } from './group-queries.ts'
import type { Order } from './order.ts'
import type { Stanza } from './stanzas.ts'
import type { World } from './world.ts'

type Orders = Record<string, (order: Order) => void>

const SETTINGS = ['announcement', 'not_announcement', 'locked', 'unlocked'] as const

const textOf = (stanza: Stanza | undefined): string => {
  const { content } = stanza ?? {}
  return typeof content === 'string' ? content : content instanceof Uint8Array ? Buffer.from(content).toString('utf8') : ''
}

export const groupOrders = (world: World, changes: GroupChanges): Orders => {
  const groupOf = ({ iq }: Order): Group | undefined => world.groups.get(iq.attrs.to ?? '')

  /** Does a change in a group of which the asker is a member, and an admin where only admins may do it. */
  const inGroup =
    (needsAdmin: (group: Group) => boolean, work: (order: Order, group: Group) => void) =>
    (order: Order): void => {
      const group = groupOf(order)
      if (!group) return order.refuse('404', 'item-not-found')
      if (!group.has(order.account)) return order.refuse('403', 'forbidden')
      if (needsAdmin(group) && !group.isAdmin(order.account)) return order.refuse('403', 'forbidden')
      work(order, group)
    }

  const always = (): boolean => true
  const whenLocked = ({ locked }: Group): boolean => locked
  const named = (child: Stanza): string[] => getBinaryNodeChildren(child, 'participant').map(({ attrs }) => attrs.jid ?? '')

  /** Changes participants. Everybody named is answered with a code of his own. */
  const participants = (change: 'add' | 'remove' | 'promote' | 'demote') => (order: Order, group: Group) => {
    const found = named(order.child).map((jid) => ({ jid, person: world.find(jid) }))
    const codeOf = (person: Member | undefined): string => {
      if (!person) return '404'
      if (change === 'add') return group.has(person) ? '409' : '200'
      return group.has(person) ? '200' : '404'
    }
    const judged = found.map(({ jid, person }) => ({ jid, person, code: codeOf(person) }))
    const changed = judged.flatMap(({ person, code }) => (person && code === '200' ? [person] : []))
    const nodes = judged.map(({ jid, code }) => ({
      tag: 'participant',
      attrs: { jid, ...(code === '200' ? {} : { error: code }) },
    }))
    order.answer([{ tag: change, attrs: {}, content: nodes }])
    if (changed.length > 0) changes[change](group, changed, order.account)
  }

  const invited = (code: string): Group | undefined => [...world.groups.values()].find((group) => group.inviteCode === code)

  return {
    'set w:g2 create': (order) => {
      const others = named(order.child).map((jid) => world.find(jid))
      if (others.some((person) => person === undefined)) return order.refuse('404', 'item-not-found')
      const members = others.filter((person) => person !== undefined)
      const mode = [order.account, ...members].every(({ lid }) => lid !== undefined) ? 'lid' : 'pn'
      const group = changes.create(order.child.attrs.subject ?? '', mode, [order.account, ...members])
      order.answer([tellGroup(order.device, group)])
    },
    'set w:g2 leave': (order) => {
      const ids = getBinaryNodeChildren(order.child, 'group').map(({ attrs }) => attrs.id ?? '')
      const groups = ids.map((id) => world.groups.get(id))
      if (groups.some((group) => !group?.has(order.account))) return order.refuse('404', 'item-not-found')
      order.answer([{ tag: 'leave', attrs: {}, content: ids.map((id) => ({ tag: 'group', attrs: { id } })) }])
      for (const group of groups) if (group) changes.remove(group, [order.account], order.account)
    },
    'set w:g2 add': inGroup(({ memberAdd }) => !memberAdd, participants('add')),
    'set w:g2 remove': inGroup(always, participants('remove')),
    'set w:g2 promote': inGroup(always, participants('promote')),
    'set w:g2 demote': inGroup(always, participants('demote')),
    'set w:g2 subject': inGroup(whenLocked, (order, group) => {
      order.answer()
      changes.rename(group, textOf(order.child), order.account)
    }),
    'set w:g2 description': inGroup(whenLocked, (order, group) => {
      const { id, prev } = order.child.attrs
      // A client has to name the description that it replaces.
      if (prev !== group.description?.id) return order.refuse('409', 'conflict')
      order.answer()
      const text = textOf(getBinaryNodeChild(order.child, 'body'))
      changes.describe(group, id === undefined ? undefined : { id, text }, order.account)
    }),
    'set w:g2 member_add_mode': inGroup(always, (order, group) => {
      group.memberAdd = textOf(order.child) === 'all_member_add'
      order.answer()
    }),
    ...Object.fromEntries(
      SETTINGS.map((setting) => [
        `set w:g2 ${setting}`,
        inGroup(always, (order, group) => {
          order.answer()
          changes.set(group, setting, order.account)
        }),
      ]),
    ),
    'get w:g2 invite': inGroup(always, (order, group) => order.answer([{ tag: 'invite', attrs: { code: group.inviteCode } }])),
    'set w:g2 invite': (order) => {
      const { code } = order.child.attrs
      if (code === undefined) {
        return inGroup(always, (_, group) => {
          group.renewInvite()
          order.answer([{ tag: 'invite', attrs: { code: group.inviteCode } }])
        })(order)
      }
      const group = invited(code)
      if (!group) return order.refuse('404', 'item-not-found')
      if (group.addressing === 'lid' && order.account.lid === undefined) return order.refuse('406', 'not-acceptable')
      order.answer([{ tag: 'group', attrs: { jid: group.id } }])
      if (!group.has(order.account)) changes.add(group, [order.account], order.account)
    },
  }
}
