import type { WASocket } from '@whiskeysockets/baileys'
import type { LidMap } from '../signal/lid-map.ts'
import type { Transaction } from '../signal/transaction.ts'
import type { GroupMembers } from './group-members.ts'
import { hasNoKeys, hasSession, isHosted } from './recipients.ts'

type Socket = Pick<WASocket, 'groupMetadata' | 'getUSyncDevices' | 'assertSessions' | 'signalRepository'>

/** These devices cannot be written to as things are: the server did not give their keys, or it says that there are none. */
export class KeysMissing extends Error {
  readonly jids: readonly string[]
  /** The server said so: the device may be gone. Otherwise the answer left them out. */
  readonly areRefused: boolean

  constructor(jids: readonly string[], { areRefused }: { areRefused: boolean }) {
    super(
      areRefused
        ? 'WhatsApp has no keys of a device in the group.'
        : 'WhatsApp did not give the keys of all devices in the group.',
    )
    this.jids = jids
    this.areRefused = areRefused
  }
}

/** How a message goes to a group. */
export interface GroupSending {
  /** Every device is told our sender key, since an earlier attempt may have told it to nobody. */
  readonly tellAgain: boolean
  /**
   * The message goes without the devices that have no keys, for good as it seems: nobody else in the group waits for them. They
   * count as told, so that later messages do not ask again; a device that gets keys asks for the message by itself.
   */
  readonly leaveOut: boolean
}

/** Baileys' own number for a device that is hosted at WhatsApp. It gets no key. */
const HOSTED_DEVICE = 99

/** Baileys' kind, by group: the devices that were told our sender key. */
const TOLD_KEY = 'sender-key-memory'

/**
 * Asks the questions that Baileys asks before it sends to a group, and fails where Baileys would leave somebody out: a member whose
 * devices the server did not tell, a device whose keys it did not give. What is known already is not asked for. The rules are those
 * of `assertRecipients`, and it is given the transaction that the message is sent in.
 *
 * Only a device that has not been told our sender key needs a session of its own. Others read the message with that key.
 *
 * @throws KeysMissing when devices lack keys
 * @throws Error when the members, or all devices of a member, are unknown
 */
export async function assertGroupRecipients(
  socket: Socket,
  options: GroupSending & { group: string; members: GroupMembers; names: LidMap; transaction: Transaction },
): Promise<void> {
  const { group, members, names, transaction, tellAgain, leaveOut } = options
  const metadata = await socket.groupMetadata(group)
  if (metadata.participants.length === 0) throw new Error('WhatsApp did not say who is in the group.')
  members.told(group, metadata)
  const jids = metadata.participants.map(({ id }) => id)
  const devices = await socket.getUSyncDevices(jids, true, false)
  const users = new Set(devices.map(({ user }) => user))
  const isKnown = (jid: string): boolean => names.usersOf(jid).some((user) => users.has(user))
  if (!jids.every(isKnown)) throw new Error('WhatsApp did not say which devices the members of the group have.')

  if (tellAgain) transaction.set({ [TOLD_KEY]: { [group]: null } })
  const told = transaction.get(TOLD_KEY, [group])[group] ?? {}
  const untold = devices
    .filter(({ jid, device }) => !told[jid] && !isHosted(jid) && device !== HOSTED_DEVICE)
    .map(({ jid }) => jid)
  const refused = await devicesWithoutKeys(socket, untold)
  if (refused.length > 0 && !leaveOut) throw new KeysMissing(refused, { areRefused: true })
  const found = await Promise.all(untold.map((jid) => hasSession(socket, jid)))
  const missing = untold.filter((jid, index) => !found[index] && !refused.includes(jid))
  if (missing.length > 0) throw new KeysMissing(missing, { areRefused: false })
  if (refused.length === 0) return
  transaction.set({ [TOLD_KEY]: { [group]: { ...told, ...Object.fromEntries(refused.map((jid) => [jid, true])) } } })
}

/** Baileys drops the whole answer when one device is refused, without its name: halves are asked for until it is found. */
async function devicesWithoutKeys(socket: Socket, jids: readonly string[]): Promise<string[]> {
  if (jids.length === 0) return []
  try {
    await socket.assertSessions([...jids])
    return []
  } catch (error) {
    if (!hasNoKeys(error)) throw error
    if (jids.length === 1) return [...jids]
    const half = Math.ceil(jids.length / 2)
    const first = await devicesWithoutKeys(socket, jids.slice(0, half))
    return [...first, ...(await devicesWithoutKeys(socket, jids.slice(half)))]
  }
}
