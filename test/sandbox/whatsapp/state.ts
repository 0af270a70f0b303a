// What the simulator shows of itself.
import type { MediaHost } from './media/host.ts'
import type { Services } from './services.ts'
import type { PeerNotice } from './sync/peer-log.ts'
import type { Account, Contact } from './world.ts'

const accountState = (account: Account, media: MediaHost) => {
  const device = account.newestDevice
  return {
    phone: account.phone,
    deviceJid: device?.jid ?? null,
    connected: device?.queue.isLive ?? false,
    logins: account.logins,
    registrations: account.registrations,
    offlineQueue: device?.queue.size ?? 0,
    receipted: [...account.receipted],
    lastActiveAt: device?.queue.lastActiveAt ?? null,
    retryReceipts: account.clientRetryReceipts,
    preKeys: device?.preKeys.count ?? 0,
    dirty: device?.dirty.list ?? [],
    peerMessages: device?.peerLog.notices.map((notice) => peerMessageState(notice, media)) ?? [],
  }
}

/** What the phone told its companion behind the scenes, and how far the companion got with it. */
const peerMessageState = ({ file, ...notice }: PeerNotice, media: MediaHost) => ({
  ...notice,
  file: file ?? null,
  downloads: file === undefined ? 0 : media.requestsOf(file),
})

const contactState = (contact: Contact) => ({
  phone: contact.phone,
  received: [...contact.received.values()].map(({ id, from, text, copies, at }) => ({ id, from, text, copies, at })),
  undecryptable: contact.undecryptable,
  retryReceipts: contact.retryReceipts,
})

export const stateOf = ({ world, violations, media }: Services) => ({
  accounts: [...world.accounts.values()].map((account) => accountState(account, media)),
  contacts: [...world.contacts.values()].map(contactState),
  violations: violations.list,
})

export type SimulatorState = ReturnType<typeof stateOf>
