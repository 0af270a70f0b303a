// The messages of a conversation, as a contact has them: it may be asked about each of them.
import type { proto } from '@whiskeysockets/baileys'
import type { Account } from '../account.ts'
import type { Contact, Person } from '../person.ts'
import type { World } from '../world.ts'
import type { KnownMessages } from './read-content.ts'

const sentBy = (person: Person, id: string): proto.IMessage | undefined => {
  for (const { sent } of person.handsets.values()) {
    const message = sent.get(id)?.message
    if (message) return message.deviceSentMessage?.message ?? message
  }
  return undefined
}

const namesOf = ({ pn, lid }: Person): string[] => [pn, ...(lid === undefined ? [] : [lid])]

/** What `contact` knows of the messages that `account` may refer to: those of the account, its own, and those of other people. */
export const knownTo = (contact: Contact, account: Account, world: World): KnownMessages => {
  // Somebody else may have read what was sent before this contact came into a group.
  const readers = [contact, ...world.contacts.values()]
  const ofAccount = (id: string): proto.IMessage | undefined => {
    const read = readers.map(({ received }) => received.get(id)).find((one) => one?.from === account.phone)
    return read?.message ?? sentBy(account, id)
  }
  const author = (id: string): Person | undefined =>
    ofAccount(id) ? account : [contact, ...world.contacts.values()].find((person) => sentBy(person, id) !== undefined)
  return {
    find: (id) => {
      const person = author(id)
      const message = person && (person === account ? ofAccount(id) : sentBy(person, id))
      return message && { message, isFromSender: person === account }
    },
    names: {
      sender: namesOf(account),
      creatorOf: (id) => {
        const person = author(id)
        return person ? namesOf(person) : []
      },
    },
  }
}
