import type { RecordKind } from '@holdfast/core/journal/journal-record'
import type { Merge } from '@holdfast/core/platform/ports'
import type { Mutation } from '@holdfast/core/journal/mutation'
import type { SessionEvent } from '../events/session-event.ts'

/** One append: what changes, and the writes that ride on its commit once the record's number is known. */
export interface Entry {
  readonly kind?: RecordKind
  readonly mutation?: Mutation
  /** What happened. Merges without preconditions come of it, so that none of them can stop the session. */
  readonly events?: readonly SessionEvent[]
  /** Merges that no event stands for: see `session-event.ts`. They come behind those of the events. */
  readonly writes?: (place: RecordPlace) => readonly Merge[]
  /** About how many bytes all merges are, where that may be many. */
  readonly bytesOfWrites?: number
  /** Called once the record is durable, in the order of appending. */
  readonly onDurable?: (place: RecordPlace) => void
  /** Called once the writes have taken effect: with the record, or on their own after it when they had to be left out. */
  readonly onWritten?: () => void
  /** Called when Firestore refused the writes twice, or they could not even be said: they will not be made. */
  readonly onRefused?: () => void
  /** Called instead of these when the journal ended before either was known: the writes may have been made, or never will be. */
  readonly onEnd?: (error: Error) => void
}

/** Where an entry lies in the log. Ascends from append to append. */
export interface RecordPlace {
  readonly sequence: number
  /** Of the entry within its group. */
  readonly index: number
  /** Of the record before. */
  readonly prevHash: string
}

/** Where the log ends after a record. */
export interface JournalHead {
  readonly sequence: number
  readonly epoch: number
  readonly hash: string
}

/** What is committed as one: entries that arrived together, and where they stand. */
export interface Group {
  /** Rises by one with each group of this owner; what the gate tags frames with. */
  readonly position: number
  readonly kind: RecordKind
  readonly mutations: Mutation[]
  readonly entries: Entry[]
  bytes: number
  /** Writes that were left out of an earlier commit, each tried once more in a group of its own. */
  readonly retried?: true
  /** Nothing may join any more: somebody has looked at the image right behind it. */
  closed: boolean
  /** The end of the log with this group; known once it is written. */
  head: JournalHead | null
}

/** Firestore takes 10 MiB a commit, its emulator 4; a group is closed before, with what rides on it. Only what is larger by itself is. */
const MAX_GROUP_BYTES = 3 * 1024 * 1024
const MAX_GROUP_ENTRIES = 200

export const emptyGroup = (position: number, kind: RecordKind): Group => ({
  position,
  kind,
  mutations: [],
  entries: [],
  bytes: 0,
  closed: false,
  head: null,
})

/** The writes of an entry once more, on their own. Its record is durable, so nothing waits for the position. */
export const retryOf = (group: Group, { events, writes, onWritten, onRefused, onEnd }: Entry): Group => {
  const merges = { ...(events ? { events } : {}), ...(writes ? { writes } : {}) }
  const ends = { ...(onWritten ? { onWritten } : {}), ...(onRefused ? { onRefused } : {}), ...(onEnd ? { onEnd } : {}) }
  return { ...emptyGroup(group.position, 'data'), entries: [{ ...merges, ...ends }], retried: true }
}

/** Whether documents change with the entry. */
export const hasWrites = ({ events, writes }: Entry): boolean => writes !== undefined || (events?.length ?? 0) > 0

export const takes = (group: Group, entry: Entry): boolean =>
  group.kind === 'data' &&
  !group.retried &&
  !group.closed &&
  group.bytes + weightOf(entry) <= MAX_GROUP_BYTES &&
  group.entries.length < MAX_GROUP_ENTRIES

export function join(group: Group, entry: Entry): void {
  group.entries.push(entry)
  group.bytes += weightOf(entry)
  if (entry.mutation) group.mutations.push(entry.mutation)
}

const weightOf = ({ mutation, bytesOfWrites = 0 }: Entry): number => bytesOfWrites + (mutation ? sizeOf(mutation) : 0)

export const sizeOf = (mutation: Mutation): number => {
  let bytes = mutation.creds?.length ?? 0
  for (const changes of Object.values(mutation.keys ?? {})) {
    for (const [id, value] of Object.entries(changes)) bytes += id.length + (value?.length ?? 0)
  }
  return bytes
}
