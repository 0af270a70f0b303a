import type { StateImage } from '@holdfast/core/journal/state-image'
import { type DeviceState, masked } from '../whatsapp/baileys/moving/device-state.ts'
import { MOVED_KINDS } from '../whatsapp/baileys/moving/entry-names.ts'
import { accountOf, newestPreKey } from '../whatsapp/baileys/moving/moved-image.ts'

/** What a source has, for the operator. It names no key, and phone numbers by their ends only. */
export interface MoveReport {
  readonly account: string
  /** Entries by kind: at the source, and in the session that comes of it. */
  readonly kinds: Readonly<Record<string, { readonly found: number; readonly moved: number }>>
  /** What the session has to do without, each as a sentence. */
  readonly missing: readonly string[]
  readonly unreadable: DeviceState['unreadable']
  readonly ignored: readonly string[]
}

export function reportOf(device: DeviceState, image: StateImage): MoveReport {
  const kinds = MOVED_KINDS.map((kind) => [kind, { found: device.keys.get(kind)?.size ?? 0, moved: image.count(kind) }] as const)
  const { unreadable, ignored } = device
  return {
    account: masked(accountOf(device).id),
    kinds: Object.fromEntries(kinds),
    missing: missingOf(device),
    unreadable,
    ignored,
  }
}

function missingOf({ creds, keys }: DeviceState): string[] {
  const has = (kind: (typeof MOVED_KINDS)[number]): boolean => (keys.get(kind)?.size ?? 0) > 0
  const { myAppStateKeyId, nextPreKeyId } = creds
  const key = myAppStateKeyId === undefined ? undefined : keys.get('app-state-sync-key')?.get(myAppStateKeyId)
  return [
    has('session') ? [] : 'No Signal sessions: each contact has to begin anew, and messages on their way are asked for again.',
    has('pre-key') ? [] : 'No one-time keys: first messages of contacts that took one are asked for again.',
    newestPreKey(keys) < nextPreKeyId ? [] : 'The credentials are older than the keys; numbers go on behind the newest key.',
    has('lid-mapping') ? [] : 'No mapping of LIDs: WhatsApp is asked for each contact.',
    myAppStateKeyId === undefined || key !== undefined
      ? []
      : 'No key of the app state: names, labels and archive marks come when the phone shares it again.',
  ].flat()
}

export function linesOf({ account, kinds, missing, unreadable, ignored }: MoveReport): string[] {
  const rows = Object.entries(kinds).filter(([, { found, moved }]) => found + moved > 0)
  return [
    `Account: ${account}`,
    ...rows.map(([kind, { found, moved }]) => `  ${kind.padEnd(24)}${String(found).padStart(7)}${noteOf(kind, found, moved)}`),
    ...missing.map((sentence) => `Missing: ${sentence}`),
    ...unreadable.map(({ name, why }) => `Unreadable: ${name}: ${why}.`),
    ...(ignored.length > 0 ? [`Not part of the session: ${ignored.slice(0, 10).join(', ')}${more(ignored.length - 10)}`] : []),
  ]
}

const more = (count: number): string => (count > 0 ? `, and ${count} more` : '')

function noteOf(kind: string, found: number, moved: number): string {
  if (found === moved) return ''
  if (kind === 'app-state-sync-version') return '  (read anew from WhatsApp)'
  return `  (${moved} in the session: contacts with two names become one)`
}
