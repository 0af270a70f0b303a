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

/** The devices of one user, as an answer of the server lists them. */
export interface ListedDevices {
  readonly jid: string
  /** The numbers of the devices to which a message can go. Undefined when the answer has no list. */
  readonly numbers: readonly number[] | undefined
}

/** The lists of devices in an answer of the server. */
export function listsInAnswer(answer: BinaryNode): ListedDevices[] {
  const list = getBinaryNodeChild(getBinaryNodeChild(answer, 'usync'), 'list')
  return getBinaryNodeChildren(list, 'user').flatMap((user) => {
    const devices = getBinaryNodeChild(user, 'devices')
    if (devices === undefined) return []
    const numbers = numbersIn(getBinaryNodeChild(devices, 'device-list'))
    return jidsOf(user).map((jid) => ({ jid, numbers }))
  })
}

/** A device that is not the phone counts only with its key index, as in Baileys. */
function numbersIn(deviceList: BinaryNode | undefined): number[] | undefined {
  if (deviceList === undefined) return undefined
  const all = getBinaryNodeChildren(deviceList, 'device').map(({ attrs }) => [Number(attrs['id']), attrs['key-index']] as const)
  return all.filter(([number, keyIndex]) => number === 0 || Number(keyIndex) > 0).map(([number]) => number)
}
