import { jidDecode } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import type { AfterLoss } from '@holdfast/core/journal/state-kind-entry'
import { ofBookId } from '@holdfast/core/journal/record-books'
import { AFTER_LOSS, STATE_KINDS } from '@holdfast/core/journal/state-kinds'
import type { LostState } from '../../lost-state.ts'
import { PENDING_APP_STATE } from '../receive/app-state.ts'
import { decodeCreds, encodeCreds } from './codec.ts'

/** The most pre-keys that one lost record may have added: Baileys uploads 812 at first, 5 at a time later. */
const PRE_KEYS_PER_RECORD = 812

/** The least jump of pre-key numbers. No client has used nearly as many, and ids of 24 bits leave room for many restores. */
const LEAST_JUMP = 100_000

/** Ids are stored in 3 bytes. */
const LARGEST_PRE_KEY_ID = 0xff_ff_ff

/**
 * Re-keys a state that lost its newest records, so that it may send again. Returns one mutation with the whole new state. Keys
 * and numbers that the lost records used must not be used a second time. The table of kinds (`state-kinds.ts`) says which kind
 * changes:
 *
 * - Sending: every open session is closed, so that the next message to a contact begins a new one. Messages that contacts still
 *   send in the old sessions can be read unless the lost records stepped the ratchet; the unreadable ones are asked for again.
 * - Groups: our own sender keys are dropped, and with them the list of the devices that have them.
 * - Pre-keys: numbers jump past every number that can have been used with another key: by the lost records, by the state that is given
 *   up, where that can be read, and by earlier restores, whose numbers no record of this state knows.
 * - App state: versions are dropped, so that app state is read anew from the beginning.
 * - Device lists: all are dropped and queried again, since the lost records may have revoked one.
 */
export function rekeyedState(image: StateImage, { lostRecords, givenUp, restores }: LostState, nowMs: number): Mutation {
  const { keys = {}, creds: encoded } = image.toMutation()
  const creds = encoded === undefined ? null : decodeCreds(encoded)
  const isOwn = (senderKeyName: string): boolean => creds?.me !== undefined && isDevice(senderKeyName, creds.me)
  if (creds) {
    const used = givenUp?.creds == null ? 0 : decodeCreds(givenUp.creds).nextPreKeyId
    const next = Math.max(beyond(Math.max(creds.nextPreKeyId, used), lostRecords), LEAST_JUMP * (restores + 1))
    creds.firstUnuploadedPreKeyId = creds.nextPreKeyId = within(next)
  }
  const after: Record<Exclude<AfterLoss, 'kept'>, (values: Values) => Values> = {
    dropped: () => ({}),
    'sessions-closed': (records) => mapValues(records, (record) => closeSessions(record, nowMs)),
    'own-keys-dropped': (senderKeys) => Object.fromEntries(Object.entries(senderKeys).filter(([name]) => !isOwn(name))),
    'marked-stale': (entries) => staleEntries(entries, isOwn),
    'all-pending': () => PENDING_APP_STATE['app-state-pending'],
  }
  const changed = Object.fromEntries(AFTER_LOSS.map(([kind, what]) => [kind, after[what](keys[kind] ?? {})])) as KeyChanges
  return { keys: { ...keys, ...changed }, ...(creds ? { creds: encodeCreds(creds) } : {}) }
}

type Values = Readonly<Record<string, string | null>>

/** Entries of archived records, of which the lost records may have used any. A stale session is closed when it comes back. */
function staleEntries(entries: Values, isOwn: (senderKeyName: string) => boolean): Values {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([entry, value]) => {
      const { kind, id = '' } = ofBookId(entry) ?? {}
      if (value === null || kind === 'sender-key-memory' || (kind === 'sender-key' && isOwn(id))) return []
      if (kind !== 'session') return [[entry, value]]
      return [[entry, archivedCodec.encode({ ...archivedCodec.decode(value), isStale: true })]]
    }),
  )
}

const archivedCodec = STATE_KINDS.archived.codec

const beyond = (preKeyId: number, lostRecords: number): number =>
  preKeyId + Math.max(LEAST_JUMP, lostRecords * PRE_KEYS_PER_RECORD)

function within(next: number): number {
  if (next <= LARGEST_PRE_KEY_ID) return next
  throw new HoldfastError('restore-refused', 'No unused pre-key numbers are left: link the phone anew.')
}

/** The shape in which libsignal 6.0.0 serializes a record. `closed` is -1 for an open session. */
interface SerializedRecord {
  readonly _sessions: Record<string, { readonly indexInfo: { closed: number } }>
}

function closeSessions(encoded: string, nowMs: number): string {
  const record = JSON.parse(encoded) as SerializedRecord
  for (const { indexInfo } of Object.values(record._sessions)) if (indexInfo.closed === -1) indexInfo.closed = nowMs
  return JSON.stringify(record)
}

function mapValues<T, U>(
  values: Readonly<Record<string, T>> | undefined,
  change: (value: NonNullable<T>) => U,
): Record<string, U> {
  const entries = Object.entries(values ?? {})
  return Object.fromEntries(
    entries.flatMap(([id, value]) => (value === null || value === undefined ? [] : [[id, change(value)]])),
  )
}

/** True when the sender key is one of our device. Names are `group::user[_domain]::device`, with our phone number or our LID. */
function isDevice(senderKeyName: string, me: { id: string; lid?: string | undefined }): boolean {
  const [, user = '', device = ''] = senderKeyName.split('::')
  return [me.id, me.lid].some((jid) => {
    const decoded = jidDecode(jid)
    return decoded !== undefined && decoded.user === user.split('_')[0] && (decoded.device ?? 0) === Number(device)
  })
}
