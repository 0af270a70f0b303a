// The people: accounts (phones with linked clients) and contacts. Devices of both have real Signal keys.
import { jidDecode } from '@whiskeysockets/baileys'
import type { AddressingMode } from './addressing.ts'
import type { Endpoint } from './endpoint.ts'
import { Group } from './group.ts'
import type { Member } from './group.ts'
import { Handset } from './handset.ts'
import type { LinkedDevice } from './linked-device.ts'
import { SERVER, timestamp } from './stanzas.ts'
import { AppState } from './sync/app-state.ts'
import type { Past } from './sync/past.ts'

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

export class Account extends Person {
  /** Linked companions by device number, the newest last. */
  readonly companions = new Map<number, LinkedDevice>()
  readonly receipted = new Set<string>()
  readonly keyShare: boolean
  readonly appState = new AppState()
  /** The past that its companions are told; without it they are told nothing. */
  past: Past | undefined
  logins = 0
  registrations = 0
  clientRetryReceipts = 0
  nextDevice = 1

  constructor(phone: string, keyShare: boolean) {
    super(phone, `Owner of ${phone}`, '1')
    this.keyShare = keyShare
  }

  get newestDevice(): LinkedDevice | undefined {
    return [...this.companions.values()].at(-1)
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

/** The clients that are linked to a person's phone. */
export const clientsOf = (person: Person): LinkedDevice[] => (person instanceof Account ? [...person.companions.values()] : [])

/** Group ids in the form of the real service. */
const groupId = (n: number): string => `120363${String(n).padStart(12, '0')}@g.us`

export class World {
  readonly accounts = new Map<string, Account>()
  readonly contacts = new Map<string, Contact>()
  readonly groups = new Map<string, Group>()
  readonly #byUser = new Map<string, Account | Contact>()

  get clients(): LinkedDevice[] {
    return [...this.accounts.values()].flatMap(clientsOf)
  }

  addAccount(phone: string, keyShare: boolean): Account {
    const account = new Account(phone, keyShare)
    this.accounts.set(phone, account)
    this.#enter(account)
    return account
  }

  addContact(phone: string, name: string): Contact {
    const contact = new Contact(phone, name)
    this.contacts.set(phone, contact)
    this.#enter(contact)
    return contact
  }

  addGroup(subject: string, addressing: AddressingMode, members: readonly [Member, ...Member[]]): Group {
    const group = new Group(groupId(this.groups.size + 1), subject, addressing, members, timestamp())
    this.groups.set(group.id, group)
    return group
  }

  /** Finds a person by phone number or LID; the device part of the JID does not matter. */
  find(jid: string | undefined): Account | Contact | undefined {
    return this.#byUser.get(jidDecode(jid)?.user ?? '')
  }

  findDevice(jid: string | undefined): LinkedDevice | undefined {
    const person = this.find(jid)
    return person instanceof Account ? person.companions.get(jidDecode(jid)?.device ?? 0) : undefined
  }

  findHandset(jid: string | undefined): { person: Account | Contact; handset: Handset } | undefined {
    const person = this.find(jid)
    const handset = person?.handsets.get(jidDecode(jid)?.device ?? 0)
    return person && handset && { person, handset }
  }

  #enter(person: Account | Contact): void {
    this.#byUser.set(person.phone, person)
    this.#byUser.set(person.lidUser, person)
  }
}
