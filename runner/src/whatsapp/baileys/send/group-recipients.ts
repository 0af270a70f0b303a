import type { GroupMetadata, WASocket } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { LidMap } from '../signal/lid-map.ts'
import type { Transaction } from '../signal/transaction.ts'
import type { GroupMembers } from './group-members.ts'
import { hasNoKeys, hasSession, isHosted } from './recipients.ts'

type Socket = Pick<WASocket, 'groupMetadata' | 'getUSyncDevices' | 'assertSessions' | 'signalRepository'>

/** Some devices cannot get the message: the server did not give their keys, or it says that they have none. */
export class KeysMissing extends Error {
  readonly jids: readonly string[]
  /** True when the server says that a device has no keys, so that it may be gone. False when its answer left the devices out. */
  readonly areRefused: boolean

  constructor(jids: readonly string[], { areRefused }: { areRefused: boolean }) {
    super(
      areRefused
        ? 'WhatsApp has no keys for a device in the group.'
        : 'WhatsApp did not return the keys of all devices in the group.',
    )
    this.jids = jids
    this.areRefused = areRefused
  }
}

/** Options for a message to a group. */
export interface GroupSending {
  /** Sends our sender key to every device again, since an earlier attempt may have sent it to none. */
  readonly resendKey: boolean
  /**
   * Leaves out the devices that have no keys, apparently for good, so that the other members get the message. Such a device
   * counts as one with our sender key, so that later messages do not query it again. Once it has keys, it asks for the message by
   * itself.
   */
  readonly leaveOut: boolean
}

/** Baileys' number for a device that WhatsApp hosts. Such a device gets no sender key. */
const HOSTED_DEVICE = 99

/** The kind under which Baileys stores, by group, the devices that have our sender key. */
const KEY_HOLDERS = 'sender-key-memory'

/**
 * Makes the queries that Baileys makes before it sends to a group, and fails where Baileys would drop a recipient: a member whose
 * devices the server did not list, or a device whose keys it did not give. Known facts are not queried again. The rules are those
 * of `assertRecipients`. The transaction is the one in which the message is sent.
 *
 * `known` is a description of the group that WhatsApp gave for this very message. Without it WhatsApp is asked.
 *
 * Only a device without our sender key needs a Signal session. The other devices read the message with that key.
 *
 * @throws KeysMissing when devices lack keys
 * @throws HoldfastError `not-in-group`
 * @throws Error when the members, or all devices of a member, are unknown
 */
export async function assertGroupRecipients(
  socket: Socket,
  options: GroupSending & {
    group: string
    known?: GroupMetadata | null
    members: GroupMembers
    names: LidMap
    transaction: Transaction
  },
): Promise<void> {
  const { group, members, names, transaction, resendKey, leaveOut } = options
  const metadata = options.known ?? (await groupOf(socket, group))
  if (metadata.participants.length === 0) throw new Error('WhatsApp did not list the members of the group.')
  members.store(group, metadata)
  const jids = metadata.participants.map(({ id }) => id)
  const devices = await socket.getUSyncDevices(jids, true, false)
  const users = new Set(devices.map(({ user }) => user))
  const isKnown = (jid: string): boolean => names.usersOf(jid).some((user) => users.has(user))
  if (!jids.every(isKnown)) throw new Error('WhatsApp did not list the devices of all members of the group.')

  if (resendKey) transaction.set({ [KEY_HOLDERS]: { [group]: null } })
  const holders = transaction.get(KEY_HOLDERS, [group])[group] ?? {}
  const newHolders = devices
    .filter(({ jid, device }) => !holders[jid] && !isHosted(jid) && device !== HOSTED_DEVICE)
    .map(({ jid }) => jid)
  const refused = await devicesWithoutKeys(socket, newHolders)
  if (refused.length > 0 && !leaveOut) throw new KeysMissing(refused, { areRefused: true })
  const found = await Promise.all(newHolders.map((jid) => hasSession(socket, jid)))
  const missing = newHolders.filter((jid, index) => !found[index] && !refused.includes(jid))
  if (missing.length > 0) throw new KeysMissing(missing, { areRefused: false })
  if (refused.length === 0) return
  transaction.set({ [KEY_HOLDERS]: { [group]: { ...holders, ...Object.fromEntries(refused.map((jid) => [jid, true])) } } })
}

/** The server's codes for a group that the account is not in, and for one that does not exist. */
const NO_GROUP = [403, 404]

/**
 * Asks for the members of a group.
 *
 * @throws HoldfastError `not-in-group` when the server refuses: no repetition helps until somebody adds the account
 */
export async function groupOf(socket: Pick<WASocket, 'groupMetadata'>, group: string): Promise<GroupMetadata> {
  try {
    return await socket.groupMetadata(group)
  } catch (error) {
    if (!(error instanceof Error && 'data' in error && NO_GROUP.includes(Number(error.data)))) throw error
    throw new HoldfastError('not-in-group', 'This account is not in the group, or there is no such group.', { cause: error })
  }
}

/**
 * Makes the queries that Baileys makes before it sends a status. A member of the audience without devices or keys is left out: nobody
 * else should miss the status for it.
 *
 * @throws Error when nobody of the audience has a device
 */
export async function assertAudience(
  socket: Socket,
  { audience, transaction }: { audience: readonly string[]; transaction: Transaction },
): Promise<void> {
  const devices = await socket.getUSyncDevices([...audience], true, false)
  if (devices.length === 0) throw new Error('WhatsApp did not list the devices of the audience.')
  transaction.set({ [KEY_HOLDERS]: { 'status@broadcast': null } })
  await devicesWithoutKeys(
    socket,
    devices.filter(({ jid }) => !isHosted(jid)).map(({ jid }) => jid),
  )
}

/**
 * Finds the devices without keys by halving the list: when one is refused, Baileys drops the whole answer and does not name it.
 */
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
