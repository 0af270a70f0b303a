// What the simulator shows of itself.
import type { Services } from './services.ts'
import type { Account, Contact } from './world.ts'

const accountState = (account: Account) => {
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
  }
}

const contactState = (contact: Contact) => ({
  phone: contact.phone,
  received: [...contact.received.values()].map(({ id, from, text, copies, at }) => ({ id, from, text, copies, at })),
  undecryptable: contact.undecryptable,
  retryReceipts: contact.retryReceipts,
})

export const stateOf = ({ world, violations }: Services) => ({
  accounts: [...world.accounts.values()].map(accountState),
  contacts: [...world.contacts.values()].map(contactState),
  violations: violations.list,
})

export type SimulatorState = ReturnType<typeof stateOf>
