// The hash by which server and clients compare the devices that a message was encrypted for.
import { createHash } from 'node:crypto'
import { getBinaryNodeChild, getBinaryNodeChildren, isLidUser, jidDecode } from '@whiskeysockets/baileys'
import { nameIn } from './names.ts'
import type { AddressingMode } from './addressing-mode.ts'
import type { LinkedDevice } from './linked-device.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Account } from './account.ts'
import type { Person } from './person.ts'
import type { World } from './world.ts'

const HASH_BYTES = 6

/** A JID with agent and device spelt out, also where they are 0. */
const fullName = (jid: string): string => {
  const { user = '', device = 0, server = '' } = jidDecode(jid) ?? {}
  return `${user}.0:${device}@${server}`
}

/** The hash of WhatsApp's own clients: of the sorted names. */
export const participantHash = (devices: readonly string[]): string => {
  const names = devices.map(fullName).sort().join('')
  const hash = createHash('sha256').update(names).digest().subarray(0, HASH_BYTES)
  return `2:${hash.toString('base64').replaceAll('=', '')}`
}

/** All devices of a person as the server lists them now. */
export const deviceNames = (person: Person, mode: AddressingMode): string[] => {
  if (!person.listsDevices) return []
  const names = [...person.handsets.values(), ...clientsOf(person).map((client) => client.names)]
  return names.map((device) => nameIn(device, mode))
}

type Sender = { account: Account; device: LinkedDevice }

/**
 * The hash of all devices of a chat, if a message was encrypted for others. A client may name its devices by `phash`; otherwise a
 * one-to-one message shows them. Undefined if the list was right, or cannot be judged.
 */
export const hashIfStale = (world: World, { account, device }: Sender, stanza: Stanza): string | undefined => {
  const { to = '', phash } = stanza.attrs
  const group = world.groups.get(to)
  const mode = group?.addressing ?? (isLidUser(to) ? 'lid' : 'pn')
  const people = group ? group.members : [...new Set([world.find(to) ?? account, account])]
  const own = nameIn(device.names, mode)
  const expected = participantHash([...new Set([...people.flatMap((person) => deviceNames(person, mode)), own])])
  if (phash !== undefined) return phash === expected ? undefined : expected
  const copies = getBinaryNodeChildren(getBinaryNodeChild(stanza, 'participants'), 'to')
  if (group || copies.length === 0) return undefined
  const actual = participantHash([...copies.map(({ attrs }) => attrs.jid ?? ''), own])
  return actual === expected ? undefined : expected
}
