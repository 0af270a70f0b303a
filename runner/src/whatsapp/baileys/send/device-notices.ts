import { getBinaryNodeChild, getBinaryNodeChildren, type BinaryNode } from '@whiskeysockets/baileys'

/**
 * What stanzas say about somebody's devices. Nothing here trusts a stanza to be well formed.
 */

const jidsOf = ({ attrs }: BinaryNode): string[] =>
  [attrs['jid'], attrs['lid'], attrs['from'], attrs['sender_lid']].filter((jid) => jid !== undefined)

/** Whose list of devices a notification says has changed: by every name that it gives. */
export function usersWithChangedDevices(notification: BinaryNode): string[] {
  const children = Array.isArray(notification.content) ? notification.content : []
  const devices = children.flatMap((child) => getBinaryNodeChildren(child, 'device'))
  return [notification, ...devices].flatMap(jidsOf)
}

/** Another companion of our own account was linked or removed. Baileys does not look at these. */
export const tellsOfOwnDevices = (accountSync: BinaryNode): boolean => getBinaryNodeChild(accountSync, 'devices') !== undefined

/** Somebody has a new identity: another phone, or WhatsApp anew. With it the devices are others as well. */
export const tellsOfNewIdentity = (encryption: BinaryNode): boolean => getBinaryNodeChild(encryption, 'identity') !== undefined

/** Whose devices an answer of the server lists. */
export function usersInAnswer(answer: BinaryNode): string[] {
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, 'usync'), 'list')
  const told = getBinaryNodeChildren(list, 'user').filter((user) => getBinaryNodeChild(user, 'devices') !== undefined)
  return told.flatMap(jidsOf)
}
