import { z } from 'zod'
import {
  cachedDevicesSchema,
  contactSchema,
  failuresSchema,
  inboxRowSchema,
  replacedSchema,
  undecryptedRowSchema,
} from './state-values.ts'
import { json, number, text, type ValueCodec } from './value-codec.ts'

/** Who writes the values and decides their shape: Baileys itself, or a room of the runner. */
type StateOwner = 'baileys' | 'signal' | 'receive' | 'send' | 'inbox' | 'outbox' | 'session'

type StateCodec =
  | ValueCodec<unknown>
  /** JSON with bytes as base64, written and read by the runner's `whatsapp/baileys/signal/codec.ts` only. */
  | { readonly format: 'baileys' }
  /** Each id has a codec of its own. */
  | { readonly format: 'by-id'; readonly ids: Readonly<Record<string, ValueCodec<unknown>>> }

/** When an entry may be removed although its owner did not ask for that. */
export type PruneRule = { readonly because: string } & (
  | { readonly rule: 'never' }
  /** The owner removes the entry when its work is done; nobody else does. */
  | { readonly rule: 'when-done' }
  /** Parts of a value, by what was heard from the contact since. */
  | { readonly rule: 'heard'; readonly olderSessions: number; readonly spentChains: number; readonly closedChains: number }
  /** Ids are numbers; those that are further behind the newest go. */
  | { readonly rule: 'behind-newest'; readonly distance: number }
  /** By age, and beyond `max` the oldest earlier. `unackedAfterMs`: for a row whose receipt WhatsApp has not acknowledged. */
  | { readonly rule: 'age'; readonly afterMs: number; readonly max: number; readonly unackedAfterMs?: number }
  /** Beyond `max` the oldest go. */
  | { readonly rule: 'count'; readonly max: number }
)

/**
 * What becomes of a kind when a restore loses the newest records (`whatsapp/baileys/signal/rekey.ts` of the runner does it):
 * nothing; all entries go; open sessions are closed; the sender keys of our own device go; every collection is fetched again.
 */
export type AfterLoss = 'kept' | 'dropped' | 'sessions-closed' | 'own-keys-dropped' | 'all-pending'

interface StateKindEntry {
  /** What one entry is. */
  readonly holds: string
  /** What its id is. */
  readonly id: string
  readonly owner: StateOwner
  readonly codec: StateCodec
  /** True when all entries are dropped once the device is linked anew: the next identity cannot use them. */
  readonly isOfIdentity: boolean
  readonly prune: PruneRule
  readonly afterLoss: AfterLoss
}

const BAILEYS = { format: 'baileys' } as const
const DAY_MS = 24 * 60 * 60 * 1000
const flag = text(z.literal('1'))

/**
 * The kinds of the state image: everything that a session keeps besides its credentials. A new kind is a new entry here; one that
 * was ever written keeps its name and its codec. Kinds of a later version, which are not in this table, are loaded, kept and
 * written on as they are.
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
      because: 'A contact goes on with an old session until it hears of a later one, so age says nothing.',
    },
    afterLoss: 'sessions-closed',
  },
  'pre-key': {
    holds: 'one pair of keys that contacts begin a session with; Baileys removes it once it is used',
    id: 'number of the key',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: {
      rule: 'behind-newest',
      distance: 2000,
      because: 'Those are of uploads that a crash cut short: nobody was ever offered them.',
    },
    afterLoss: 'kept',
  },
  'sender-key': {
    holds: 'the keys of one sender in one group',
    id: '`group::user::device`',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'The sender tells its key once, and each later message of it needs the key.' },
    afterLoss: 'own-keys-dropped',
  },
  'sender-key-memory': {
    holds: 'which devices have our own sender key of a group',
    id: 'group',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'Without it our key goes to all members again.' },
    afterLoss: 'dropped',
  },
  'identity-key': {
    holds: 'the identity key of one device of a contact',
    id: 'Signal address',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: true,
    prune: { rule: 'never', because: 'A changed identity would not be noticed.' },
    afterLoss: 'kept',
  },
  'begun-with': {
    holds: 'the hash of the keys with which we last began a session',
    id: 'Signal address',
    owner: 'signal',
    codec: text(z.string()),
    isOfIdentity: true,
    prune: { rule: 'never', because: 'A second session with the same one-time key cannot be read by the contact.' },
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
    holds: 'how far one collection of the app state was read',
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
    prune: { rule: 'never', because: 'Baileys removes those that have expired.' },
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
    holds: 'the devices of a user, as the server named them',
    id: 'user',
    owner: 'send',
    codec: json(cachedDevicesSchema),
    isOfIdentity: true,
    prune: {
      rule: 'age',
      afterMs: 7 * DAY_MS,
      max: 5000,
      because: 'The server is asked again, which costs one pre-key of the contact. About 100 bytes each.',
    },
    afterLoss: 'dropped',
  },
  'app-state-pending': {
    holds: 'a collection of the app state that is to be fetched',
    id: 'name of the collection',
    owner: 'receive',
    codec: flag,
    isOfIdentity: true,
    prune: { rule: 'when-done', because: 'WhatsApp tells of a change once.' },
    afterLoss: 'all-pending',
  },
  'lid-mapping': {
    holds: 'the LID of a phone number; under `{lid}_reverse` the phone number of a LID',
    id: 'user without server',
    owner: 'baileys',
    codec: BAILEYS,
    isOfIdentity: false,
    prune: { rule: 'never', because: 'Sessions and chats of the contact are found by it.' },
    afterLoss: 'kept',
  },
  contact: {
    holds: 'how a contact calls itself',
    id: 'the name that its chat goes by',
    owner: 'receive',
    codec: json(contactSchema),
    isOfIdentity: false,
    prune: { rule: 'never', because: 'The phone tells it once, with the history.' },
    afterLoss: 'kept',
  },
  inbox: {
    holds: 'a received stanza: its plaintext while something is to be done with it, then only that it came',
    id: 'hash of the ciphertext, or of the whole stanza if nothing is encrypted; `history {document}` if only history told of it',
    owner: 'inbox',
    codec: json(inboxRowSchema),
    isOfIdentity: false,
    prune: {
      rule: 'age',
      afterMs: 14 * DAY_MS,
      max: 10_000,
      unackedAfterMs: 30 * DAY_MS,
      because: 'The server redelivers for up to 14 days. Only settled rows go. About 100 bytes each.',
    },
    afterLoss: 'kept',
  },
  undecrypted: {
    holds:
      'a stanza that could not be read or not be stored, until a good copy comes; parked ones remember that nobody asks again',
    id: 'hash of sender, participant and message id',
    owner: 'inbox',
    codec: json(undecryptedRowSchema),
    isOfIdentity: false,
    prune: {
      rule: 'count',
      max: 1000,
      because: 'Of parked rows, whose documents have everything. Others are never dropped but parked. About 200 bytes each.',
    },
    afterLoss: 'kept',
  },
  delivery: {
    holds: 'how often the delivery of a stanza was begun, for a session that may end its process',
    id: 'hash of the ciphertext',
    owner: 'inbox',
    codec: number(z.number().int().positive()),
    isOfIdentity: false,
    prune: { rule: 'when-done', because: 'A stanza that ends its process is recognized by the count.' },
    afterLoss: 'kept',
  },
  receipt: {
    holds: 'a receipt whose job is not looked up yet',
    id: 'message id',
    owner: 'outbox',
    codec: text(z.enum(['delivered', 'read'])),
    isOfIdentity: false,
    prune: { rule: 'when-done', because: 'WhatsApp tells a receipt once.' },
    afterLoss: 'kept',
  },
  meta: {
    holds: 'what one owner tells the next about the device and its failures',
    id: '`everLoggedIn`, `loggedOut`, `archived`, `replaced` or `failures`',
    owner: 'session',
    codec: {
      format: 'by-id',
      ids: {
        /** WhatsApp has accepted a login of this identity. */
        everLoggedIn: flag,
        /** The phone has unlinked this identity. */
        loggedOut: flag,
        /** What the logged-out identity left was put aside. */
        archived: flag,
        replaced: json(replacedSchema),
        failures: json(failuresSchema),
      },
    },
    isOfIdentity: false,
    prune: { rule: 'never', because: 'Each id is there at most once; the owner removes those that end with an identity.' },
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

/** Kinds that a restore with losses changes, each with what is done. */
export const AFTER_LOSS: readonly (readonly [StateKind, Exclude<AfterLoss, 'kept'>])[] = ALL_KINDS.flatMap((kind) => {
  const { afterLoss } = STATE_KINDS[kind]
  return afterLoss === 'kept' ? [] : [[kind, afterLoss] as const]
})
