import { STATE_KINDS } from '@holdfast/core/journal/state-kinds'

/**
 * The limits of a pruned session record. A contact's record grows without bound: 105 bytes with each turn of the conversation,
 * 53 KB after 500, and each message stores the whole record. Pruning decides by the messages *heard*, not by age:
 *
 * - A session may be dropped only when the contact was heard on a later one. Each restart may make a session that never reaches
 *   the contact. The contact then goes on with an old one, so "keep the last N" would lose the session in use. A few older
 *   sessions stay for stragglers.
 * - A closed receiving chain may be dropped when all its message keys are used. The newest few stay, so that a duplicate is
 *   distinguished from a message that was never seen. The number of chains with unused keys is limited.
 */
const { olderSessions, spentChains, closedChains } = STATE_KINDS.session.prune

const RECEIVING = 2

/** The shape in which libsignal 6.0.0 serializes a record. Fields that are not named here are kept as they are. */
interface SerializedRecord {
  readonly _sessions: Record<string, SerializedSession>
}

interface SerializedSession {
  readonly currentRatchet: { readonly lastRemoteEphemeralKey: string }
  readonly indexInfo: { readonly closed: number; readonly created: number; readonly used: number }
  readonly _chains: Record<string, SerializedChain>
}

interface SerializedChain {
  readonly chainType: number
  readonly chainKey: { readonly key?: string }
  readonly messageKeys: Record<string, string>
}

/** Returns a copy of the record without the droppable sessions and chains. A value of another shape is returned as it is. */
export function pruneSessionRecord(record: unknown): unknown {
  if (!isRecord(record)) return record
  const all = Object.entries(record._sessions)
  const heard = all.filter(([, session]) => wasHeard(session))
  const newestHeard = Math.max(0, ...heard.map(([, { indexInfo }]) => indexInfo.created))
  const older = all.filter(([, { indexInfo }]) => indexInfo.closed !== -1 && indexInfo.created < newestHeard)
  older.sort(([, a], [, b]) => b.indexInfo.used - a.indexInfo.used)
  const dropped = new Set(older.slice(olderSessions).map(([key]) => key))
  const kept = all
    .filter(([key]) => !dropped.has(key))
    .map(([key, session]) => [key, { ...session, _chains: pruneChains(session) }])
  return { ...record, _sessions: Object.fromEntries(kept) as SerializedRecord['_sessions'] }
}

function pruneChains(session: SerializedSession): Record<string, SerializedChain> {
  const current = session.currentRatchet.lastRemoteEphemeralKey
  // Object keys keep their order of insertion: the oldest chain comes first.
  const chains = Object.entries(session._chains)
  const closed = chains.filter(([key, { chainType, chainKey }]) => chainType === RECEIVING && key !== current && !chainKey.key)
  const spent = closed.filter(([, { messageKeys }]) => Object.keys(messageKeys).length === 0)
  const dropped = new Set([...allButLast(spent, spentChains), ...allButLast(closed, closedChains)].map(([key]) => key))
  return Object.fromEntries(chains.filter(([key]) => !dropped.has(key)))
}

const allButLast = <T>(list: readonly T[], kept: number): T[] => list.slice(0, Math.max(0, list.length - kept))

const wasHeard = (session: SerializedSession): boolean =>
  Object.values(session._chains).some(({ chainType }) => chainType === RECEIVING)

const isRecord = (value: unknown): value is SerializedRecord =>
  typeof value === 'object' &&
  value !== null &&
  '_sessions' in value &&
  typeof value._sessions === 'object' &&
  value._sessions !== null
