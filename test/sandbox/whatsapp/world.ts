// Who exists: accounts (phones to which clients are linked) and contacts. Both are people with a real Signal endpoint.
import { jidDecode } from '@whiskeysockets/baileys'
import type { proto } from '@whiskeysockets/baileys'
import { Endpoint } from './endpoint.ts'
import type { LinkedDevice } from './linked-device.ts'
import { SERVER } from './stanzas.ts'
import { AppState } from './sync/app-state.ts'
import type { Past } from './sync/past.ts'

type Received = { id: string; from: string; text: string; copies: number; at: number; device: LinkedDevice }

/** A message as its sender keeps it, to encrypt it again when asked. */
export type SentMessage = { message: proto.IMessage; attrs: Record<string, string> }

export class Person {
  readonly phone: string
  readonly pn: string
  readonly lidUser: string
  readonly lid: string
  name: string
  readonly endpoint = new Endpoint()
  readonly sent = new Map<string, SentMessage>()

  /** Phone numbers and LIDs are different worlds; the first digit keeps those of accounts and contacts apart. */
  constructor(phone: string, name: string, lidPrefix: '1' | '2') {
    this.phone = phone
    this.pn = `${phone}@${SERVER}`
    this.lidUser = lidPrefix + phone.padStart(15, '0')
    this.lid = `${this.lidUser}@lid`
    this.name = name
  }
}

export class Account extends Person {
  /** Linked companions by device number, the newest last. */
  readonly companions = new Map<number, LinkedDevice>()
  readonly receipted = new Set<string>()
  readonly keyShare: boolean
  readonly appState = new AppState()
  /** What its companions are told of; without it they are told nothing. */
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
  readonly received = new Map<string, Received>()
  /** How often each message that could not be read was asked for again. */
  readonly asked = new Map<string, number>()
  /** Devices whose sessions the contact lost by itself: what it cannot read of theirs is not their fault. */
  readonly forgotten = new Set<LinkedDevice>()
  undecryptable = 0
  retryReceipts = 0

  constructor(phone: string, name: string) {
    super(phone, name, '2')
  }
}

export class World {
  readonly accounts = new Map<string, Account>()
  readonly contacts = new Map<string, Contact>()
  readonly #byUser = new Map<string, Account | Contact>()

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

  /** By phone number or LID; the device part of the JID does not matter. */
  find(jid: string | undefined): Account | Contact | undefined {
    return this.#byUser.get(jidDecode(jid)?.user ?? '')
  }

  findDevice(jid: string | undefined): LinkedDevice | undefined {
    const person = this.find(jid)
    return person instanceof Account ? person.companions.get(jidDecode(jid)?.device ?? 0) : undefined
  }

  #enter(person: Account | Contact): void {
    this.#byUser.set(person.phone, person)
    this.#byUser.set(person.lidUser, person)
  }
}
