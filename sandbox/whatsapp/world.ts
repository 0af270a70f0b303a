// All accounts, contacts and groups.
import { jidDecode } from '@whiskeysockets/baileys'
import { Account, clientsOf } from './account.ts'
import type { AccountOptions } from './account.ts'
import type { AddressingMode } from './addressing-mode.ts'
import type { Channel } from './channel.ts'
import { Group } from './group.ts'
import type { Member } from './group.ts'
import type { Handset } from './handset.ts'
import type { LinkedDevice } from './linked-device.ts'
import { Contact } from './person.ts'
import type { PersonOptions } from './person.ts'
import { timestamp } from './stanzas.ts'

/** Group ids in the form of the real service. */
const groupId = (n: number): string => `120363${String(n).padStart(12, '0')}@g.us`

/** Channel ids in the form of the real service. */
const channelId = (n: number): string => `120364${String(n).padStart(12, '0')}@newsletter`

export class World {
  readonly accounts = new Map<string, Account>()
  readonly contacts = new Map<string, Contact>()
  readonly groups = new Map<string, Group>()
  readonly channels = new Map<string, Channel>()
  readonly #byUser = new Map<string, Account | Contact>()

  get clients(): LinkedDevice[] {
    return [...this.accounts.values()].flatMap(clientsOf)
  }

  addAccount(phone: string, keyShare: boolean, options: AccountOptions = {}): Account {
    const account = new Account(phone, keyShare, options)
    this.accounts.set(phone, account)
    this.#enter(account)
    return account
  }

  addContact(phone: string, name: string, options: PersonOptions = {}): Contact {
    const contact = new Contact(phone, name, options)
    this.contacts.set(phone, contact)
    this.#enter(contact)
    return contact
  }

  giveLid(contact: Contact): void {
    contact.giveLid()
    this.#enter(contact)
  }

  addGroup(subject: string, addressing: AddressingMode, members: readonly [Member, ...Member[]]): Group {
    const group = new Group(groupId(this.groups.size + 1), subject, addressing, members, timestamp())
    this.groups.set(group.id, group)
    return group
  }

  addChannel(name: string, owner: Account): Channel {
    const channel = { id: channelId(this.channels.size + 1), name, owner, followers: new Set<Account>(), posts: new Map() }
    this.channels.set(channel.id, channel)
    return channel
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
    if (person.lidUser !== undefined) this.#byUser.set(person.lidUser, person)
  }
}
