// A person has a phone, and simulated devices with real Signal keys. A contact writes to accounts and reads what they send.
import type { AddressingMode } from './addressing-mode.ts'
import type { Endpoint } from './endpoint.ts'
import { Handset } from './handset.ts'
import type { LinkedDevice } from './linked-device.ts'
import { SERVER } from './stanzas.ts'

/** A message that a contact has read on at least one device. */
export type ReceivedMessage = {
  id: string
  from: string
  text: string
  at: number
  /** The client that sent it. */
  device: LinkedDevice
  /** The id of its group, if it went to one. */
  group: string | undefined
  /** By number of the contact's device: how often it read the message. */
  copies: Map<number, number>
}

export class Person {
  readonly phone: string
  readonly pn: string
  readonly lidUser: string
  readonly lid: string
  name: string
  /** The simulated devices of this person, by number. The phone is number 0. */
  readonly handsets = new Map<number, Handset>()
  readonly main: Handset
  /** Accounts that have this person's device list and hear of its changes. */
  readonly knownTo = new Set<Person>()

  /** Phone numbers and LIDs are separate; the first digit keeps accounts and contacts apart. */
  constructor(phone: string, name: string, lidPrefix: '1' | '2') {
    this.phone = phone
    this.pn = `${phone}@${SERVER}`
    this.lidUser = lidPrefix + phone.padStart(15, '0')
    this.lid = `${this.lidUser}@lid`
    this.name = name
    this.main = new Handset(phone, this.lidUser, 0)
    this.handsets.set(0, this.main)
  }

  get endpoint(): Endpoint {
    return this.main.endpoint
  }
}

export class Contact extends Person {
  autoReceipt = true
  /** The name of this contact in its one-to-one stanzas. */
  addressing: AddressingMode = 'pn'
  readonly received = new Map<string, ReceivedMessage>()
  undecryptable = 0
  /** Of these, messages in sessions that this contact had lost. */
  lostByItself = 0
  retryReceipts = 0
  #nextCompanion = 1

  constructor(phone: string, name: string) {
    super(phone, name, '2')
  }

  /** Numbers are never used again, as on the real service. */
  addCompanion(): Handset {
    const handset = new Handset(this.phone, this.lidUser, this.#nextCompanion++)
    this.handsets.set(handset.number, handset)
    return handset
  }
}
