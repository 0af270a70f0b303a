// The simulator's report of its state.
import type { Channel } from './channel.ts'
import type { Group } from './group.ts'
import type { Handset } from './handset.ts'
import type { MediaHost } from './media/host.ts'
import type { Services } from './services.ts'
import type { PeerNotice } from './sync/peer-log.ts'
import type { Account } from './account.ts'
import type { Contact, ReceivedMessage } from './person.ts'

const accountState = (account: Account, media: MediaHost) => {
  const device = account.newestDevice
  return {
    phone: account.phone,
    deviceJid: device?.jid ?? null,
    connected: device?.queue.isLive ?? false,
    logins: account.logins,
    registrations: account.registrations,
    offlineQueue: device?.queue.size ?? 0,
    waiting: device?.queue.waiting ?? [],
    receipted: [...account.receipted],
    lastActiveAt: device?.queue.lastActiveAt ?? null,
    retryReceipts: account.clientRetryReceipts,
    preKeys: device?.preKeys.count ?? 0,
    dirty: device?.dirty.list ?? [],
    peerMessages: device?.peerLog.notices.map((notice) => peerMessageState(notice, media)) ?? [],
    /** Watched stanzas of all its companions: poison, and stanzas of tests. */
    watched: [...account.companions.values()].flatMap(({ watched }) => watched.list),
  }
}

/** Peer messages of the phone to its companion, and the companion's progress with them. */
const peerMessageState = ({ file, ...notice }: PeerNotice, media: MediaHost) => ({
  ...notice,
  file: file ?? null,
  downloads: file === undefined ? 0 : media.requestsOf(file),
})

/** Counts a message as often as the device that read it most often. */
const receivedState = ({ id, from, text, content, file, at, group, copies }: ReceivedMessage) => ({
  id,
  from,
  text,
  content,
  copies: Math.max(...copies.values()),
  at,
  group: group ?? null,
  file: file ?? null,
  /** The contact's devices that have read the message. */
  devices: [...copies.keys()],
})

/** Clients' costs of sessions with this contact, over all of its devices. */
const sessionTotals = (handsets: readonly Handset[]) => {
  const sum = { sessionsOpened: 0, needlessSessions: 0, preKeysTaken: 0 }
  for (const { sessions } of handsets) {
    const { sessionsOpened, needlessSessions, preKeysTaken } = sessions.totals
    sum.sessionsOpened += sessionsOpened
    sum.needlessSessions += needlessSessions
    sum.preKeysTaken += preKeysTaken
  }
  return sum
}

const contactState = (contact: Contact) => ({
  phone: contact.phone,
  /** Numbers of the present devices; the phone is 0. */
  devices: [...contact.handsets.keys()],
  received: [...contact.received.values()].map(receivedState),
  undecryptable: contact.undecryptable,
  lostByItself: contact.lostByItself,
  retryReceipts: contact.retryReceipts,
  ...sessionTotals([...contact.handsets.values()]),
})

const groupState = (group: Group) => ({
  id: group.id,
  subject: group.subject,
  addressing: group.addressing,
  participants: group.members.map(({ phone }) => phone),
})

const channelState = ({ id, name, owner, posts }: Channel) => ({ id, name, owner: owner.phone, posts: [...posts.values()] })

const chosen = <Person>(people: ReadonlyMap<string, Person>, phones: readonly string[] | null): Person[] =>
  phones === null ? [...people.values()] : phones.flatMap((phone) => people.get(phone) ?? [])

/** With phones only the accounts and contacts of these: whoever looks again and again for one person needs no more. */
export const stateOf = ({ world, violations, media }: Services, phones: readonly string[] | null = null) => ({
  accounts: chosen(world.accounts, phones).map((account) => accountState(account, media)),
  contacts: chosen(world.contacts, phones).map(contactState),
  groups: [...world.groups.values()].map(groupState),
  channels: [...world.channels.values()].map(channelState),
  violations: violations.list,
})

export type SimulatorState = ReturnType<typeof stateOf>
