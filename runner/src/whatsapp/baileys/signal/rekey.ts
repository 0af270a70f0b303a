import { jidDecode } from '@whiskeysockets/baileys'
import { HoldfastError } from '@holdfast/core/platform/errors'
import type { KeyChanges, Mutation } from '@holdfast/core/journal/mutation'
import type { StateImage } from '@holdfast/core/journal/state-image'
import { AFTER_LOSS, type AfterLoss } from '@holdfast/core/journal/state-kinds'
import { PENDING_APP_STATE } from '../receive/app-state.ts'
import { decodeCreds, encodeCreds } from './codec.ts'

/** A lost record may have added so many pre-keys at most: Baileys uploads 812 at first, 5 at a time later. */
const PRE_KEYS_PER_RECORD = 812

/** Far more than any client has used; ids have 24 bits, so that there is room for many restores. */
const LEAST_JUMP = 100_000

/** Ids are stored in 3 bytes. */
const LARGEST_PRE_KEY_ID = 0xff_ff_ff

/**
 * What a state that lost its newest records has to become before it may speak again, as one mutation that holds all of it. What
 * the lost records had used must not be used a second time. The table of kinds (`state-kinds.ts`) says which kind is changed:
 *
 * - Sending: every session that is open is closed, so that the next message to a contact begins a new one. What contacts still
 *   send in the old ones can be read as far as they were not stepped in the lost records; what cannot is asked for again.
 * - Groups: our own sender keys go, and with them the note of who has them.
 * - Pre-keys: numbers jump past every one that can have been used with another key.
 * - App state: versions go, so that it is read anew from the beginning.
 * - Lists of devices: one may have been revoked in the lost records, so that all are asked for again.
 */
export function rekeyedState(image: StateImage, lostRecords: number, nowMs: number): Mutation {
  const { keys = {}, creds: encoded } = image.toMutation()
  const creds = encoded === undefined ? null : decodeCreds(encoded)
  const isOwn = (senderKeyName: string): boolean => creds?.me !== undefined && isDevice(senderKeyName, creds.me)
  if (creds) creds.firstUnuploadedPreKeyId = creds.nextPreKeyId = beyond(creds.nextPreKeyId, lostRecords)
  const after: Record<Exclude<AfterLoss, 'kept'>, (values: Values) => Values> = {
    dropped: () => ({}),
    'sessions-closed': (records) => mapValues(records, (record) => closeSessions(record, nowMs)),
    'own-keys-dropped': (senderKeys) => Object.fromEntries(Object.entries(senderKeys).filter(([name]) => !isOwn(name))),
    'all-pending': () => PENDING_APP_STATE['app-state-pending'],
  }
  const changed = Object.fromEntries(AFTER_LOSS.map(([kind, what]) => [kind, after[what](keys[kind] ?? {})])) as KeyChanges
  return { keys: { ...keys, ...changed }, ...(creds ? { creds: encodeCreds(creds) } : {}) }
}

type Values = Readonly<Record<string, string | null>>

function beyond(preKeyId: number, lostRecords: number): number {
  const next = preKeyId + Math.max(LEAST_JUMP, lostRecords * PRE_KEYS_PER_RECORD)
  if (next <= LARGEST_PRE_KEY_ID) return next
  throw new HoldfastError(
    'restore-refused',
    'There are no pre-key numbers left that certainly were never used: link the phone anew.',
  )
}

/** The shape in which libsignal 6.0.0 serializes a record; -1 stands for a session that is open. */
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

/** Names are `group::user[_domain]::device`; our device goes by its phone number or its LID. */
function isDevice(senderKeyName: string, me: { id: string; lid?: string | undefined }): boolean {
  const [, user = '', device = ''] = senderKeyName.split('::')
  return [me.id, me.lid].some((jid) => {
    const decoded = jidDecode(jid)
    return decoded !== undefined && decoded.user === user.split('_')[0] && (decoded.device ?? 0) === Number(device)
  })
}
