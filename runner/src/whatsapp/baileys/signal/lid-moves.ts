import { jidDecode } from '@whiskeysockets/baileys'
import type { KeyChanges } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { StateKind } from '@holdfast/core/journal/state-kinds'

/** This device. Its sender keys stay under the name that it sends with. */
export interface OwnDevice {
  readonly users: readonly string[]
  readonly device: number
}

/** Null for a device that was never linked. */
export function ownDeviceOf(me: { id: string; lid?: string | undefined } | undefined): OwnDevice | null {
  const users = [me?.id, me?.lid].map((jid) => jidDecode(jid)?.user).filter((user) => user !== undefined)
  return users.length === 0 ? null : { users, device: jidDecode(me?.id)?.device ?? 0 }
}

/** The changes that store the LIDs of phone numbers and move all entries of these numbers. `pairs` are users without a server. */
export function mappingChanges(
  image: StateImage,
  pairs: Iterable<readonly [phone: string, lid: string]>,
  own: OwnDevice | null,
): KeyChanges {
  const isNew = ([phone, lid]: readonly [string, string]) => image.get('lid-mapping', phone) !== JSON.stringify(lid)
  const lids = new Map([...pairs].filter(isNew))
  const names = [...lids].flatMap(([phone, lid]) => [
    [phone, JSON.stringify(lid)],
    [`${lid}_reverse`, JSON.stringify(phone)],
  ])
  if (names.length === 0) return {}
  return { 'lid-mapping': Object.fromEntries(names) as Record<string, string>, ...movesToLids(image, lids, own) }
}

/**
 * The changes that move all entries from phone numbers to LIDs. Once a LID is known, every lookup uses the LID. So the changes
 * belong into the mutation that stores the mapping: a crash in between would leave sessions where no lookup finds them.
 *
 * @param lids by the user of the phone number
 */
function movesToLids(image: StateImage, lids: ReadonlyMap<string, string>, own: OwnDevice | null): KeyChanges {
  const moved = {
    session: movedAddresses(image, 'session', lids, mergeSessions),
    'identity-key': movedAddresses(image, 'identity-key', lids, (_old, known) => known),
    'begun-with': movedAddresses(image, 'begun-with', lids, (_old, known) => known),
    'sender-key': movedSenderKeys(image, lids, own),
  }
  return Object.fromEntries(Object.entries(moved).filter(([, changes]) => Object.keys(changes).length > 0))
}

/** Addresses are `number.device`, and `lid_1.device`. */
function movedAddresses(
  image: StateImage,
  kind: StateKind,
  lids: ReadonlyMap<string, string>,
  merge: (old: string, known: string) => string,
): Record<string, string | null> {
  const changes: Record<string, string | null> = {}
  for (const [address, value] of image.entries(kind)) {
    const [user = '', device = ''] = address.split('.')
    const lid = lids.get(user)
    if (lid === undefined) continue
    const target = `${lid}_1.${device}`
    const known = image.get(kind, target)
    changes[target] = known === undefined ? value : merge(value, known)
    changes[address] = null
  }
  return changes
}

/** Names are `group::number::device`, and `group::lid_1::device`. A key that is already under the LID is the one in use. */
function movedSenderKeys(image: StateImage, lids: ReadonlyMap<string, string>, own: OwnDevice | null) {
  const changes: Record<string, string | null> = {}
  for (const [name, value] of image.entries('sender-key')) {
    const [group = '', user = '', device = ''] = name.split('::')
    const lid = lids.get(user)
    const isOwn = own !== null && own.users.includes(user) && own.device === Number(device)
    if (lid === undefined || isOwn) continue
    const target = `${group}::${lid}_1::${device}`
    changes[target] = image.get('sender-key', target) ?? value
    changes[name] = null
  }
  return changes
}

/** The shape in which libsignal 6.0.0 serializes a record. `closed` is -1 for the session that sends. */
interface SerializedRecord {
  readonly _sessions: Record<string, { readonly indexInfo: { closed: number; readonly used: number } }>
}

/**
 * Joins the sessions of both records, so that messages in flight can be read. The open session of `known` remains the sending
 * one.
 */
function mergeSessions(old: string, known: string): string {
  const [moved, there] = [JSON.parse(old) as SerializedRecord, JSON.parse(known) as SerializedRecord]
  const isOpen = Object.values(there._sessions).some(({ indexInfo }) => indexInfo.closed === -1)
  if (isOpen) {
    for (const { indexInfo } of Object.values(moved._sessions)) if (indexInfo.closed === -1) indexInfo.closed = indexInfo.used
  }
  return JSON.stringify({ ...there, _sessions: { ...moved._sessions, ...there._sessions } })
}
