import type { StateKind } from '@holdfast/core/journal/state-kinds'

/** The kinds that Baileys keeps beside the credentials. */
export const MOVED_KINDS = [
  'pre-key',
  'session',
  'sender-key-memory',
  'sender-key',
  'app-state-sync-key',
  'app-state-sync-version',
  'lid-mapping',
  'device-list',
  'tctoken',
  'identity-key',
] as const satisfies readonly StateKind[]

export type MovedKind = (typeof MOVED_KINDS)[number]

/** An entry of a store of Baileys: the credentials, or one key. */
export type EntryName = 'creds' | { readonly kind: MovedKind; readonly id: string }

/** The longest name first, because the name of one kind begins with that of another. */
const LONGEST_FIRST = MOVED_KINDS.toSorted((one, other) => other.length - one.length)

/**
 * Reads the name under which Baileys keeps an entry: `creds`, or `{kind}-{id}`. In the names of files it writes `/` as `__` and `:` as
 * `-`, which loses what was there before; the ids of each kind tell what can have been meant. Null for a name that is none of Baileys'.
 */
export function entryNameOf(name: string, isFile: boolean): EntryName | null {
  if (name === 'creds') return 'creds'
  const kind = LONGEST_FIRST.find((one) => name.startsWith(`${one}-`))
  if (kind === undefined) return null
  const written = name.slice(kind.length + 1)
  const id = isFile ? unescaped(kind, written) : written
  return isIdOf(kind, id) ? { kind, id } : null
}

/** The name of an entry's file, as Baileys writes it. */
export const fileNameOf = (name: EntryName): string =>
  `${name === 'creds' ? name : `${name.kind}-${name.id}`}.json`.replaceAll('/', '__').replaceAll(':', '-')

function unescaped(kind: MovedKind, written: string): string {
  // Base64 has no underscore.
  if (kind === 'app-state-sync-key') return written.replaceAll('__', '/')
  // `group::user::device`. The id of an old group has a hyphen itself, a user and a device have none.
  if (kind === 'sender-key') return written.replace(/^(.+)--([^-]+)--(\d+)$/, '$1::$2::$3')
  if (kind === 'tctoken') return written.replace(/^(\d+)-(\d+)@/, '$1:$2@')
  return written
}

const IDS: Readonly<Partial<Record<MovedKind, RegExp>>> = {
  'pre-key': /^\d{1,8}$/,
  session: /^[^.]+\.\d+$/,
  'identity-key': /^[^.]+\.\d+$/,
  'sender-key': /^.+::[^:]+::\d+$/,
  'app-state-sync-key': /^[A-Za-z0-9+/]+=*$/,
}

/** Numbers, JIDs and names of collections. Nothing else is an id of Baileys, and objects have fields of their own under some names. */
const ANY_ID = /^[\w.@:+/=-]{1,200}$/

const isIdOf = (kind: MovedKind, id: string): boolean => ANY_ID.test(id) && !(id in {}) && (IDS[kind]?.test(id) ?? true)
