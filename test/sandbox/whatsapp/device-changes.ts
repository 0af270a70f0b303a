// Contacts link and remove companions; whoever knows them is told that their list of devices has changed.
import type { Handset } from './handset.ts'
import { deviceNames, participantHash } from './participant-hash.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './world.ts'
import type { Contact } from './world.ts'

type Change = 'add' | 'remove' | 'update'

/** What is told of a change: what it was, that there was one, or nothing (then a client can only find out by asking). */
export type Notice = 'change' | 'update' | 'none'

const deviceNode = ({ number, pn, lid }: Handset): Stanza => {
  const key = number === 0 ? {} : { 'key-index': String(number) }
  return { tag: 'device', attrs: { jid: pn, lid, ...key } }
}

export class DeviceChanges {
  readonly #services: Services
  #notices = 0

  constructor(services: Services) {
    this.#services = services
  }

  add(contact: Contact, notice: Notice): Handset {
    const handset = contact.addCompanion()
    this.#tell(contact, 'add', [handset], notice)
    return handset
  }

  remove(contact: Contact, handset: Handset, notice: Notice): void {
    contact.handsets.delete(handset.number)
    this.#tell(contact, 'remove', [handset], notice)
  }

  #tell(contact: Contact, change: Change, handsets: readonly Handset[], notice: Notice): void {
    const numbers = handsets.map(({ number }) => number)
    this.#services.happenings.tell('devices', { contact: contact.phone, change, devices: numbers })
    if (notice === 'none') return
    const content = [
      notice === 'update' ? this.#list(contact, 'update', [...contact.handsets.values()]) : this.#list(contact, change, handsets),
    ]
    const id = `devices-${++this.#notices}`
    const attrs = { from: contact.pn, lid: contact.lid, type: 'devices', id, t: timestamp() }
    for (const account of contact.knownTo) {
      for (const device of clientsOf(account)) device.queue.put({ tag: 'notification', attrs, content })
    }
  }

  #list(contact: Contact, tag: Change, handsets: readonly Handset[]): Stanza {
    const device_hash = participantHash(deviceNames(contact, 'pn'))
    const device_lid_hash = participantHash(deviceNames(contact, 'lid'))
    const keyIndexes = { tag: 'key-index-list', attrs: { ts: timestamp() } }
    return { tag, attrs: { device_hash, device_lid_hash }, content: [...handsets.map(deviceNode), keyIndexes] }
  }
}
