import { getBinaryNodeChild, getBinaryNodeChildren, type BinaryNode } from '@whiskeysockets/baileys'

/**
 * Functions that read the devices in a stanza. None of them trusts a stanza to be well formed.
 */

const jidsOf = ({ attrs }: BinaryNode): string[] =>
  [attrs['jid'], attrs['lid'], attrs['from'], attrs['sender_lid']].filter((jid) => jid !== undefined)

/** The JIDs whose device list has changed, by every name that the notification gives. */
export function usersWithChangedDevices(notification: BinaryNode): string[] {
  const children = Array.isArray(notification.content) ? notification.content : []
  const devices = children.flatMap((child) => getBinaryNodeChildren(child, 'device'))
  return [notification, ...devices].flatMap(jidsOf)
}

/** True when another companion of our own account was linked or removed. Baileys ignores these notifications. */
export const tellsOfOwnDevices = (accountSync: BinaryNode): boolean => getBinaryNodeChild(accountSync, 'devices') !== undefined

/** True when a contact has a new identity, by another phone or a new installation of WhatsApp. The devices change with it. */
export const tellsOfNewIdentity = (encryption: BinaryNode): boolean => getBinaryNodeChild(encryption, 'identity') !== undefined

/** The JIDs whose devices an answer of the server lists. */
export function usersInAnswer(answer: BinaryNode): string[] {
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, 'usync'), 'list')
  const users = getBinaryNodeChildren(list, 'user').filter((user) => getBinaryNodeChild(user, 'devices') !== undefined)
  return users.flatMap(jidsOf)
}
