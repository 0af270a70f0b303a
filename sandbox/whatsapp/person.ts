// A person has a phone, and simulated devices with real Signal keys. A contact writes to accounts and reads what they send.
import type { proto } from '@whiskeysockets/baileys'
import type { AddressingMode } from './addressing-mode.ts'
import type { SeenContent } from './content/read-content.ts'
import type { Endpoint } from './endpoint.ts'
import { Handset } from './handset.ts'
import type { ReceivedFile } from './media/uploads.ts'
import type { LinkedDevice } from './linked-device.ts'
import { SERVER } from './stanzas.ts'

/** Unusual people: most have a LID, and a list of devices that the server tells. */
export type PersonOptions = { lid?: boolean; listsDevices?: boolean }

/** A message that a contact has read on at least one device. */
export type ReceivedMessage = {
  id: string
  from: string
  text: string
  /** What the person sees of it. */
  content: SeenContent
  message: proto.IMessage
  file: ReceivedFile | undefined
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
  name: string
  /** The text about this person; without one, or where nobody may see it, undefined. */
  about: string | undefined
  picture: Buffer | undefined
  /** False if the server's list of this person's devices is empty. */
  readonly listsDevices: boolean
  #lidUser: string | undefined
  readonly #futureLidUser: string
  /** The simulated devices of this person, by number. The phone is number 0. */
  readonly handsets = new Map<number, Handset>()
  readonly main: Handset
  /** Accounts that have this person's device list and hear of its changes. */
  readonly knownTo = new Set<Person>()

  /** Phone numbers and LIDs are separate; the first digit keeps accounts and contacts apart. */
  constructor(phone: string, name: string, lidPrefix: '1' | '2', { lid = true, listsDevices = true }: PersonOptions) {
    this.phone = phone
    this.pn = `${phone}@${SERVER}`
    this.#futureLidUser = lidPrefix + phone.padStart(15, '0')
    if (lid) this.#lidUser = this.#futureLidUser
    this.listsDevices = listsDevices
    this.name = name
    this.main = new Handset(this, 0)
    this.handsets.set(0, this.main)
  }

  get lidUser(): string | undefined {
    return this.#lidUser
  }

  get lid(): string | undefined {
    return this.#lidUser === undefined ? undefined : `${this.#lidUser}@lid`
  }

  /** The service moves a person without a LID to one. */
  giveLid(): void {
    this.#lidUser = this.#futureLidUser
  }

  get endpoint(): Endpoint {
    return this.main.endpoint
  }
}

/** A retry receipt may carry keys for a new session, or keys that lack their type, or none. */
export const RETRY_KEYS = ['all', 'without-type', 'none'] as const

export type RetryKeys = (typeof RETRY_KEYS)[number]

export class Contact extends Person {
  autoReceipt = true
  /** The name of this contact in its one-to-one stanzas. */
  addressing: AddressingMode = 'pn'
  /** Whether it answers a client under that name, or under the one that the client wrote to. */
  answersAs: 'own-name' | 'asked-name' = 'own-name'
  /** The keys in its retry receipts. */
  retryKeys: RetryKeys = 'all'
  readonly received = new Map<string, ReceivedMessage>()
  undecryptable = 0
  /** Of these, messages in sessions that this contact had lost. */
  lostByItself = 0
  retryReceipts = 0
  readonly #writtenTo = new Map<string, AddressingMode>()
  #nextCompanion = 1

  constructor(phone: string, name: string, options: PersonOptions = {}) {
    super(phone, name, '2', options)
  }

  /** Notes the name under which an account wrote to this contact. */
  writtenTo(account: Person, mode: AddressingMode): void {
    this.#writtenTo.set(account.phone, mode)
  }

  /** The name of this contact in stanzas to an account. */
  modeFor(accountPhone: string): AddressingMode {
    return (this.answersAs === 'asked-name' && this.#writtenTo.get(accountPhone)) || this.addressing
  }

  /** Numbers are never used again, as on the real service. */
  addCompanion(): Handset {
    const handset = new Handset(this, this.#nextCompanion++)
    this.handsets.set(handset.number, handset)
    return handset
  }
}
