import { BufferJSON } from '@whiskeysockets/baileys'
import { ProtobufFields } from './protobuf-fields.ts'

/**
 * Signal's own records, as protobuf stores have them, in the forms of libsignal for Node and of Baileys. All that the next message of either
 * side needs is in both. What is lost: keys of messages that were skipped and may still come, because Signal keeps what was derived from
 * them, and libsignal for Node derives it when it is used.
 */

const OURS = 1
const THEIRS = 2

const SENDING = 1
const RECEIVING = 2

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

interface ConvertedSession {
  /** JSON, as Baileys stores it. */
  readonly text: string
  /** Whether keys of skipped messages were lost. */
  readonly lacksSkipped: boolean
}

/**
 * Converts the record of the sessions with one device (`RecordStructure`).
 *
 * @param nowMs the time at which the sessions count as last used
 * @throws SyntaxError when it is no such record, or has no session with which messages can be sent and received
 */
export function sessionOfRecord(bytes: Uint8Array, nowMs: number): ConvertedSession {
  const record = new ProtobufFields(bytes)
  const current = record.message(1)
  if (!current) throw new SyntaxError('The record has no current session.')
  const older = record.messages(2)
  const entries = [
    entryOf(current, { closed: -1, at: nowMs }),
    ...older.flatMap((one, index) => olderEntry(one, nowMs - index - 1)),
  ]
  const sessions = new Map(entries.toReversed().map((entry) => [entry.indexInfo.baseKey, entry]))
  return {
    text: JSON.stringify({ _sessions: Object.fromEntries(sessions), version: 'v1' }),
    lacksSkipped: [current, ...older].some((one) => one.messages(7).some((chain) => chain.messages(4).length > 0)),
  }
}

/** An older session that cannot be read is of no more use. */
function olderEntry(session: ProtobufFields, at: number) {
  try {
    return [entryOf(session, { closed: at, at })]
  } catch {
    return []
  }
}

function entryOf(session: ProtobufFields, { closed, at }: { readonly closed: number; readonly at: number }) {
  const sender = session.message(6)
  const receivers = session.messages(7)
  const pending = session.message(9)
  if (!sender) throw new SyntaxError('The session has no chain for sending.')
  const newest = receivers.at(-1)
  if (!newest) throw new SyntaxError('The session has no chain for receiving.')
  const ours = sender.key(1, 33)
  const chains = [
    [base64(ours), chainOf(sender, SENDING)] as const,
    ...receivers.map((chain) => [base64(chain.key(1, 33)), chainOf(chain, RECEIVING)] as const),
  ]
  return {
    registrationId: session.number(10),
    currentRatchet: {
      ephemeralKeyPair: { pubKey: base64(ours), privKey: base64(sender.key(2, 32)) },
      lastRemoteEphemeralKey: base64(newest.key(1, 33)),
      previousCounter: session.number(5),
      rootKey: base64(session.key(4, 32)),
    },
    indexInfo: {
      baseKey: base64(session.key(13, 33)),
      baseKeyType: pending ? OURS : THEIRS,
      closed,
      used: at,
      created: at,
      remoteIdentityKey: base64(session.key(3, 33)),
    },
    _chains: Object.fromEntries(chains),
    ...(pending ? { pendingPreKey: pendingOf(pending) } : {}),
  }
}

/** Signal counts the next message, and libsignal for Node the last one. */
function chainOf(chain: ProtobufFields, chainType: number) {
  const key = chain.message(3)
  if (!key) throw new SyntaxError('A chain has no key.')
  return { chainKey: { counter: key.number(1) - 1, key: base64(key.key(2, 32)) }, chainType, messageKeys: {} }
}

function pendingOf(pending: ProtobufFields) {
  const preKeyId = pending.number(1)
  return { signedKeyId: pending.number(3), baseKey: base64(pending.key(2, 33)), ...(preKeyId === 0 ? {} : { preKeyId }) }
}

/**
 * Converts the keys of one sender in one group (`SenderKeyRecordStructure`), all of them. Signal has the newest first, Baileys last.
 *
 * @throws SyntaxError when it is no such record
 */
export function senderKeyOfRecord(bytes: Uint8Array): string {
  const states = new ProtobufFields(bytes).messages(1).toReversed().map(senderState)
  if (states.length === 0) throw new SyntaxError('The record has no keys.')
  return JSON.stringify(Buffer.from(JSON.stringify(states, BufferJSON.replacer)), BufferJSON.replacer)
}

function senderState(state: ProtobufFields) {
  const [chain, signing] = [state.message(2), state.message(3)]
  if (!chain || !signing) throw new SyntaxError('The record lacks a key.')
  const secret = signing.bytes(2)
  // Those of others have none, or zeros.
  const isOwn = secret?.length === 32 && secret.some((byte) => byte !== 0)
  return {
    senderKeyId: state.number(1),
    senderChainKey: { iteration: chain.number(1), seed: Buffer.from(chain.key(2, 32)) },
    senderSigningKey: { public: Buffer.from(signing.key(1, 33)), ...(isOwn ? { private: Buffer.from(secret) } : {}) },
    senderMessageKeys: state.messages(4).map((one) => ({ iteration: one.number(1), seed: Buffer.from(one.key(2, 32)) })),
  }
}
