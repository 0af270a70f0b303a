import type { RecordKind } from '@holdfast/core/journal/journal-record'
import type { DocumentSnapshot, Merge } from '@holdfast/core/platform/ports'
import type { Mutation } from '@holdfast/core/journal/mutation'
import type { SessionEvent } from '../events/session-event.ts'

/** One append: a change of the state, and the document writes of the same commit. */
export interface Entry {
  readonly kind?: RecordKind
  readonly mutation?: Mutation
  /** Events that change documents. They become merges without preconditions, so that no merge can stop the session. */
  readonly events?: readonly SessionEvent[]
  /** The span of the message that the events tell of; webhooks' deliveries continue its trace. Absent, or null: nobody traces it. */
  readonly traceparent?: string | null
  /** Merges without an event, see `session-event.ts`. They follow those of the events. */
  readonly writes?: (place: RecordPlace) => readonly Merge[]
  /**
   * Guards: documents that the entry's merges may change only in these versions. If one has changed, none of the entry's merges is
   * made. The entry's part of the state is recorded all the same.
   */
  readonly unlessChanged?: readonly DocumentSnapshot[]
  /** The approximate size of all merges, bytes. Given where it may be large. */
  readonly bytesOfWrites?: number
  /** Called once the record is durable, in the order of appending. */
  readonly onDurable?: (place: RecordPlace) => void
  /** Called once the writes have taken effect: with the record, or after it when the commit had to leave them out. */
  readonly onWritten?: () => void
  /** Called when the writes will never be made, because a guarded document has changed. */
  readonly onOutdated?: () => void
  /** Called when the writes will never be made: Firestore refused them twice, or they could not be computed. */
  readonly onRefused?: () => void
  /**
   * Called instead of these when the journal ended first: the writes may have been made, or never will be. Of an entry that is dropped
   * because it comes too late it is called before `append` returns.
   */
  readonly onEnd?: (error: Error) => void
}

/** Adds writes to an entry, behind its own. */
export function withWrites(entry: Entry, { writes: more }: Pick<Entry, 'writes'>): Entry {
  if (!more) return entry
  return { ...entry, writes: (place) => [...(entry.writes?.(place) ?? []), ...more(place)] }
}

/** The place of an entry in the log. It ascends from append to append. */
export interface RecordPlace {
  readonly sequence: number
  /** The index of the entry within its group. */
  readonly index: number
  /** The hash of the record before. */
  readonly prevHash: string
}

/** The end of the log after a record. */
export interface JournalHead {
  readonly sequence: number
  readonly epoch: number
  readonly hash: string
}

/** Entries that arrived together and are committed as one. */
export interface Group {
  /** The number of the group, which rises by one with each group of this owner. The gate tags frames with it. */
  readonly position: number
  readonly kind: RecordKind
  readonly mutations: Mutation[]
  readonly entries: Entry[]
  bytes: number
  /** Set for a group that retries the writes of one entry, which an earlier commit left out. */
  readonly retried?: true
  /** True when no entry may join any more, because a checkpoint took its copy of the image right after this group. */
  closed: boolean
  /** The end of the log after this group; null until the group is written. */
  head: JournalHead | null
}

/**
 * The largest size of a group with its writes. Firestore accepts 10 MiB per commit, its emulator 4. Only a
 * single larger entry exceeds it.
 */
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

/**
 * Returns a group that retries the writes of an entry. The entry's record is durable, so no caller
 * waits for the group's position.
 */
export const retryOf = (group: Group, entry: Entry): Group => ({
  ...emptyGroup(group.position, 'data'),
  entries: [Object.fromEntries(RETRIED.flatMap((part) => (entry[part] === undefined ? [] : [[part, entry[part]]])))],
  retried: true,
})

/** The parts of an entry that its record does not settle. */
const RETRIED = ['events', 'traceparent', 'writes', 'unlessChanged', 'onWritten', 'onOutdated', 'onRefused', 'onEnd'] as const

/** Whether the entry changes documents. */
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

/** The bytes of a webhook beside its content, and how many of an end point may tell of one event. */
const WEBHOOK_BYTES = 2048
const COPIES_FOR_AN_END_POINT = 2

/** Counts what webhooks repeat of the documents of an entry, so that the group stays below its limit. */
export function withCopies(entry: Entry, endpoints: number): Entry {
  const events = entry.events?.length ?? 0
  if (endpoints === 0 || events === 0) return entry
  const copies = endpoints * COPIES_FOR_AN_END_POINT
  const { bytesOfWrites = 0 } = entry
  return { ...entry, bytesOfWrites: bytesOfWrites * (1 + copies) + events * copies * WEBHOOK_BYTES }
}

const weightOf = ({ mutation, bytesOfWrites = 0 }: Entry): number => bytesOfWrites + (mutation ? sizeOf(mutation) : 0)

export const sizeOf = (mutation: Mutation): number => {
  let bytes = mutation.creds?.length ?? 0
  for (const changes of Object.values(mutation.keys ?? {})) {
    for (const [id, value] of Object.entries(changes)) bytes += id.length + (value?.length ?? 0)
  }
  return bytes
}
