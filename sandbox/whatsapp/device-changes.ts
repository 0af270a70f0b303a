// Contacts link and remove companions, and reinstall; the server notifies every client that has their device list.
import { lidAttr, nameIn } from './names.ts'
import type { Handset } from './handset.ts'
import { deviceNames, participantHash } from './participant-hash.ts'
import type { Services } from './services.ts'
import { timestamp } from './stanzas.ts'
import type { Stanza } from './stanzas.ts'
import { clientsOf } from './account.ts'
import type { Contact } from './person.ts'

type Change = 'add' | 'remove' | 'update'

/** The notice of a change: its kind, that there was one, or nothing (a client then finds out only by asking). */
export type Notice = 'change' | 'update' | 'none'

const deviceNode = (handset: Handset): Stanza => {
  const { number, pn } = handset
  const key = number === 0 ? {} : { 'key-index': String(number) }
  return { tag: 'device', attrs: { jid: pn, ...lidAttr('lid', handset), ...key } }
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

  /** Gives the phone new keys and no companions. It keeps the messages that it sent before. */
  async reinstall(contact: Contact, notice: 'change' | 'none'): Promise<void> {
    for (const handset of contact.handsets.values()) if (handset !== contact.main) this.remove(contact, handset, 'change')
    await contact.main.endpoint.inTurn(async () => contact.main.reinstall(this.#services.world.clients))
    this.#services.happenings.tell('reinstalled', { contact: contact.phone })
    if (notice === 'none') return
    const attrs = { from: nameIn(contact.main, contact.addressing), type: 'encrypt' }
    this.#notify(contact, attrs, { tag: 'identity', attrs: {} })
  }

  #tell(contact: Contact, change: Change, handsets: readonly Handset[], notice: Notice): void {
    const numbers = handsets.map(({ number }) => number)
    this.#services.happenings.tell('devices', { contact: contact.phone, change, devices: numbers })
    if (notice === 'none') return
    const all = [...contact.handsets.values()]
    const list = notice === 'update' ? this.#list(contact, 'update', all) : this.#list(contact, change, handsets)
    this.#notify(contact, { from: contact.pn, ...lidAttr('lid', contact), type: 'devices' }, list)
  }

  #notify(contact: Contact, attrs: Record<string, string>, child: Stanza): void {
    const notification = { tag: 'notification', attrs: { ...attrs, id: `device-change-${++this.#notices}`, t: timestamp() } }
    for (const account of contact.knownTo) {
      for (const device of clientsOf(account)) device.queue.put({ ...notification, content: [child] })
    }
  }

  #list(contact: Contact, tag: Change, handsets: readonly Handset[]): Stanza {
    const device_hash = participantHash(deviceNames(contact, 'pn'))
    const lidHash = contact.lid === undefined ? {} : { device_lid_hash: participantHash(deviceNames(contact, 'lid')) }
    const keyIndexes = { tag: 'key-index-list', attrs: { ts: timestamp() } }
    return { tag, attrs: { device_hash, ...lidHash }, content: [...handsets.map(deviceNode), keyIndexes] }
  }
}
