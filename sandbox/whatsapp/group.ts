// A group: its members, and whether they go by LID or by phone number.
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
  readonly #members = new Map<string, Member>()

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
  }
}
