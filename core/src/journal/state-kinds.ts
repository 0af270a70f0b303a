import { z } from 'zod'
import { lastCleanUpSchema } from '../session/record-counts.ts'
import type { AfterLoss, StateKindEntry } from './state-kind-entry.ts'
import {
  announcedLimitsSchema,
  archivedSchema,
  askedAgainSchema,
  cachedDevicesSchema,
  contactSchema,
  failuresSchema,
  inboxRowSchema,
  messageSecretSchema,
  movedInSchema,
  offeredPreKeysSchema,
  pacingCountersSchema,
  recordHistorySchema,
  replacedSchema,
  undecryptedRowSchema,
} from './state-values.ts'
import { json, number, text } from './value-codec.ts'

const BAILEYS = { format: 'baileys' } as const
const DAY_MS = 24 * 60 * 60 * 1000
const flag = text(z.literal('1'))

/**
 * The kinds of the state image: everything that a session keeps besides its credentials. A new kind is a new entry here. A kind
 * that was ever written keeps its name and its codec. Kinds of a later version are not in this table; they are loaded, kept and
 * written unchanged.
 *
 * PERSISTED CONTRACT v1: the names, ids and codecs.
 */
export const STATE_KINDS = {
  session: {
    holds: 'the Signal sessions with one device of a contact, as libsignal serializes them',
    id: 'Signal address',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: {
      rule: 'heard',
      olderSessions: 4,
      spentChains: 5,
      closedChains: 40,
      because: 'A contact uses an old session until it has heard from a later one, so age says nothing.',
    },
    afterLoss: 'sessions-closed',
    cleanUp: { rule: 'unused', age: 'session' },
  },
  'pre-key': {
    holds: 'one pair of keys with which a contact can begin a session; Baileys removes it after its use',
    id: 'number of the key',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: {
      rule: 'behind-newest',
      distance: 2000,
      because: 'Keys so far behind belong to uploads that a crash cut short, and no contact was ever offered them.',
    },
    afterLoss: 'kept',
    cleanUp: { rule: 'not-offered' },
  },
  'offered-pre-keys': {
    holds: 'the number of our pre-keys that the server said it had, and the newest one of that time',
    id: '`last`',
    owner: 'signal',
    codec: json(offeredPreKeysSchema),
    isOfIdentity: true,
    prune: { rule: 'never', because: 'It exists at most once.' },
    afterLoss: 'dropped',
  },
  'sender-key': {
    holds: 'the keys of one sender in one group',
    id: '`group::user::device`',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'The sender shares its key once, and all its later messages need that key.' },
    afterLoss: 'own-keys-dropped',
    cleanUp: { rule: 'unused', age: 'sender-key' },
  },
  'sender-key-memory': {
    holds: 'the devices that have our own sender key of a group',
    id: 'group',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'Without it our key is sent to all members again.' },
    afterLoss: 'dropped',
    cleanUp: { rule: 'unused', age: 'sender-key' },
  },
  'last-use': {
    holds: 'the day on which a Signal record was last used, counted from 1970',
    id: '`kind id` of the record',
    owner: 'session',
    codec: number(z.number().int()),
    isOfIdentity: true,
    prune: { rule: 'when-done', because: 'It ends with its record.' },
    afterLoss: 'kept',
  },
  archived: {
    holds: 'the archive object to which clean-up moved a Signal record, until the record is needed or written anew',
    id: '`kind id` of the record',
    owner: 'session',
    codec: json(archivedSchema),
    isOfIdentity: true,
    prune: { rule: 'when-done', because: 'Without it the record would be lost, and a contact could not be read.' },
    afterLoss: 'marked-stale',
  },
  'last-clean-up': {
    holds: 'when Signal records were last cleaned up, and with what result',
    id: '`last`',
    owner: 'session',
    codec: json(lastCleanUpSchema),
    isOfIdentity: true,
    prune: { rule: 'never', because: 'It exists at most once.' },
    afterLoss: 'kept',
  },
  'record-history': {
    holds: 'the number of Signal records on each of the last 30 days',
    id: '`days`',
    owner: 'session',
    codec: json(recordHistorySchema),
    isOfIdentity: true,
    prune: { rule: 'never', because: 'It exists at most once, and the writer drops the oldest day.' },
    afterLoss: 'kept',
  },
  'identity-key': {
    holds: 'the identity key of one device of a contact',
    id: 'Signal address',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'Without it a changed identity would pass unnoticed.' },
    afterLoss: 'kept',
  },
  'begun-with': {
    holds: 'the hash of the keys with which we last began a session',
    id: 'Signal address',
    owner: 'signal',
    codec: text(z.string()),
    isOfIdentity: true,
    prune: { rule: 'never', because: 'The contact cannot read a second session that begins with the same one-time key.' },
    afterLoss: 'dropped',
  },
  'app-state-sync-key': {
    holds: 'a key of the app state, as the phone shared it',
    id: 'id of the key, base64',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'The phone shares it once, and old app state stays encrypted with it.' },
    afterLoss: 'kept',
  },
  'app-state-sync-version': {
    holds: 'the version up to which one collection of the app state was read',
    id: 'name of the collection',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'Without it the whole collection is read anew.' },
    afterLoss: 'dropped',
  },
  tctoken: {
    holds: 'the token that shows WhatsApp that a contact knows us; under `__index` the list of all',
    id: 'JID of the contact',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'Baileys removes expired tokens.' },
    afterLoss: 'kept',
  },
  'device-list': {
    holds: 'the numbers of the devices of a user, for moving sessions to a LID',
    id: 'user',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'Baileys replaces it with each answer of the server.' },
    afterLoss: 'kept',
  },
  'device-cache': {
    holds: 'the devices of a user, as the server listed them',
    id: 'user',
    owner: 'send',
    codec: json(cachedDevicesSchema),
    isOfIdentity: true,
    prune: {
      rule: 'age',
      afterMs: 7 * DAY_MS,
      max: 5000,
      because: 'The server can be asked again, at the cost of one pre-key of the contact. An entry takes about 100 bytes.',
    },
    afterLoss: 'dropped',
  },
  'app-state-pending': {
    holds: 'the mark of a collection of the app state that has to be fetched',
    id: 'name of the collection',
    owner: 'receive',
    codec: flag,
    isOfIdentity: true,
    prune: { rule: 'when-done', because: 'WhatsApp announces a change once.' },
    afterLoss: 'all-pending',
  },
  'lid-mapping': {
    holds: 'the LID of a phone number; under `{lid}_reverse` the phone number of a LID',
    id: 'user without server',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: false,
    prune: { rule: 'never', because: 'The sessions and chats of a contact are found through it.' },
    afterLoss: 'kept',
  },
  'missing-lid': {
    holds: 'the time at which the server said that a phone number has no LID',
    id: 'user without server',
    owner: 'signal',
    codec: number(z.number()),
    isOfIdentity: false,
    prune: {
      rule: 'age',
      afterMs: DAY_MS,
      max: 5000,
      because: 'A number may get a LID at any time, and the server can be asked again. An entry takes about 30 bytes.',
    },
    afterLoss: 'dropped',
  },
  contact: {
    holds: 'the name that a contact gives itself',
    id: 'JID of its chat',
    owner: 'receive',
    codec: json(contactSchema),
    isOfIdentity: false,
    prune: { rule: 'never', because: 'The phone sends it once, with the history.' },
    afterLoss: 'kept',
  },
  inbox: {
    holds: 'a received stanza: its plaintext until the work on it is done, then only the fact that it came',
    id: 'hash of the ciphertext, or of the whole stanza if nothing is encrypted; `history {document}` for a message of the history',
    owner: 'inbox',
    codec: json(inboxRowSchema),
    isOfIdentity: false,
    prune: {
      rule: 'age',
      afterMs: 14 * DAY_MS,
      max: 10_000,
      unackedAfterMs: 30 * DAY_MS,
      because: 'The server redelivers for up to 14 days. Only settled rows are removed. A row takes about 100 bytes.',
    },
    afterLoss: 'kept',
  },
  undecrypted: {
    holds:
      'a stanza that could not be read or stored, until a good copy arrives; a parked one shows that it is not asked for again',
    id: 'hash of sender, participant and message id',
    owner: 'inbox',
    codec: json(undecryptedRowSchema),
    isOfIdentity: false,
    prune: {
      rule: 'count',
      max: 1000,
      because:
        'Only parked rows are removed: their documents have everything. Other rows are parked first. A row takes about 200 bytes.',
    },
    afterLoss: 'kept',
  },
  'message-secret': {
    holds: 'the secret of a poll or an event, with which its votes or answers are decrypted',
    id: "id of the message's document",
    owner: 'inbox',
    codec: json(messageSecretSchema),
    isOfIdentity: false,
    prune: {
      rule: 'age',
      afterMs: 90 * DAY_MS,
      max: 1000,
      because: 'People vote soon. A later vote is shown as one that could not be read. An entry takes about 200 bytes.',
    },
    afterLoss: 'kept',
  },
  delivery: {
    holds: 'the number of deliveries of a stanza that were begun, in a session that may end its process',
    id: 'hash of the ciphertext',
    owner: 'inbox',
    codec: number(z.number().int().positive()),
    isOfIdentity: false,
    prune: { rule: 'when-done', because: 'The count shows which stanza ends the process.' },
    afterLoss: 'kept',
  },
  receipt: {
    holds: 'a receipt whose job was not looked up yet',
    id: 'message id',
    owner: 'outbox',
    codec: text(z.enum(['delivered', 'read'])),
    isOfIdentity: false,
    prune: { rule: 'when-done', because: 'WhatsApp sends a receipt once.' },
    afterLoss: 'kept',
  },
  'asked-again': {
    holds: 'a message that a device asks for again because it could not read it, until WhatsApp has a copy for that device',
    id: '`message id device`',
    owner: 'outbox',
    codec: json(askedAgainSchema),
    isOfIdentity: true,
    prune: { rule: 'when-done', because: 'WhatsApp sends the request once, and the number of copies has a limit.' },
    afterLoss: 'kept',
  },
  pacing: {
    holds: 'how much the session has sent, and what WhatsApp announced about its limits',
    id: '`counters` or `announced`',
    owner: 'outbox',
    codec: {
      format: 'by-id',
      ids: {
        counters: json(pacingCountersSchema),
        announced: json(announcedLimitsSchema),
      },
    },
    isOfIdentity: false,
    prune: { rule: 'never', because: 'Each id exists at most once, and a session that forgot it would send too much.' },
    afterLoss: 'kept',
  },
  'paced-recipient': {
    holds: 'when a message was last sent to a recipient, in ms',
    id: 'JID of the contact or group',
    owner: 'outbox',
    codec: number(z.number()),
    isOfIdentity: false,
    prune: {
      rule: 'age',
      afterMs: DAY_MS,
      max: 1000,
      because: 'No gap between two messages is longer. An entry that is older than the gap goes with the next message.',
    },
    afterLoss: 'kept',
  },
  meta: {
    holds: 'notes for the runner that owns the session next, about the device and its failures',
    id: '`everLoggedIn`, `loggedOut`, `archived`, `movedIn`, `replaced` or `failures`',
    owner: 'session',
    codec: {
      format: 'by-id',
      ids: {
        /** WhatsApp has accepted a login of this identity. */
        everLoggedIn: flag,
        /** The phone has unlinked this identity. */
        loggedOut: flag,
        /** The state of the logged-out identity was put aside. */
        archived: flag,
        /** The identity came from another program. */
        movedIn: json(movedInSchema),
        replaced: json(replacedSchema),
        failures: json(failuresSchema),
      },
    },
    isOfIdentity: false,
    prune: { rule: 'never', because: 'Each id exists at most once, and the writer removes the ids that end with an identity.' },
    afterLoss: 'kept',
  },
  'voided-creds': {
    holds: 'the credentials of an identity that ended when the device was linked anew',
    id: 'registration id of that identity',
    owner: 'signal',
    codec: BAILEYS,
    isOfIdentity: false,
    prune: { rule: 'never', because: 'Nothing but an explicit act of an operator ends credentials.' },
    afterLoss: 'kept',
  },
} as const satisfies Record<string, StateKindEntry>

export type StateKind = keyof typeof STATE_KINDS

const ALL_KINDS = Object.keys(STATE_KINDS) as StateKind[]

/** Kinds whose entries end with the identity of the device. */
export const IDENTITY_KINDS: readonly StateKind[] = ALL_KINDS.filter((kind) => STATE_KINDS[kind].isOfIdentity)

/** Kinds whose records are counted, and that clean-up may move to the archive. */
export const COUNTED_KINDS = ['session', 'sender-key', 'sender-key-memory', 'pre-key'] as const satisfies readonly StateKind[]

export type CountedKind = (typeof COUNTED_KINDS)[number]

export const isCountedKind = (kind: string): kind is CountedKind => COUNTED_KINDS.some((counted) => counted === kind)

/** Kinds that a restore with losses changes, each with its effect. */
export const AFTER_LOSS: readonly (readonly [StateKind, Exclude<AfterLoss, 'kept'>])[] = ALL_KINDS.flatMap((kind) => {
  const { afterLoss } = STATE_KINDS[kind]
  return afterLoss === 'kept' ? [] : [[kind, afterLoss] as const]
})
