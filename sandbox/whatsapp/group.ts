// A group: its members and admins, its settings, and whether its members go by LID or by phone number.
import { randomBytes } from 'node:crypto'
import type { AddressingMode } from './addressing-mode.ts'
import type { Account } from './account.ts'
import type { Contact } from './person.ts'

export type Member = Account | Contact

export class Group {
  readonly id: string
  readonly owner: Member
  readonly addressing: AddressingMode
  readonly creation: string
  subject: string
  description: { id: string; text: string } | undefined
  /** Only admins write. */
  announce = false
  /** Only admins change subject, description and settings. */
  locked = false
  /** Members add others. */
  memberAdd = false
  /** Seconds after which new messages disappear; 0: never. */
  disappearsAfter = 0
  inviteCode = newCode()
  picture: Buffer | undefined
  readonly #members = new Map<string, Member>()
  readonly #admins = new Set<string>()

  constructor(
    id: string,
    subject: string,
    addressing: AddressingMode,
    members: readonly [Member, ...Member[]],
    creation: string,
  ) {
    this.id = id
    this.subject = subject
    this.addressing = addressing
    this.owner = members[0]
    this.creation = creation
    for (const member of members) this.add(member)
    this.#admins.add(this.owner.phone)
  }

  get members(): readonly Member[] {
    return [...this.#members.values()]
  }

  has(person: Member): boolean {
    return this.#members.has(person.phone)
  }

  add(person: Member): void {
    this.#members.set(person.phone, person)
  }

  remove(person: Member): void {
    this.#members.delete(person.phone)
    this.#admins.delete(person.phone)
  }

  isAdmin(person: Member): boolean {
    return this.#admins.has(person.phone)
  }

  promote(person: Member): void {
    this.#admins.add(person.phone)
  }

  demote(person: Member): void {
    this.#admins.delete(person.phone)
  }

  renewInvite(): void {
    this.inviteCode = newCode()
  }
}

const newCode = (): string => randomBytes(16).toString('base64url')
