import { generateSignalPubKey, initAuthCreds, proto, BufferJSON } from '@whiskeysockets/baileys'
import type { RawEntry } from './device-state.ts'
import { senderKeyOfRecord, sessionOfRecord } from './signal-records.ts'
import { createPrivateKey, createPublicKey } from 'node:crypto'

type Value = string | number | bigint | Uint8Array | null

export type Row = Readonly<Record<string, Value | undefined>>

/** The tables of whatsmeow that hold a device, each with the column that names the device. */
export const WHATSMEOW_TABLES = {
  whatsmeow_device: 'jid',
  whatsmeow_identity_keys: 'our_jid',
  whatsmeow_pre_keys: 'jid',
  whatsmeow_sessions: 'our_jid',
  whatsmeow_sender_keys: 'our_jid',
  whatsmeow_app_state_sync_keys: 'jid',
  whatsmeow_privacy_tokens: 'our_jid',
  whatsmeow_lid_map: null,
} as const

export type WhatsmeowTable = keyof typeof WHATSMEOW_TABLES

/**
 * Converts a device of whatsmeow into entries of Baileys: its keys, the Signal sessions, group keys, LIDs and tokens. Everything is carried
 * over but the keys of skipped messages, and the versions of the app state, which is read anew anyway. A row that cannot be converted
 * becomes an entry without a value.
 *
 * @param rows the rows of a table that belong to the device
 * @param nowMs the time at which the sessions count as last used
 */
export function entriesOfWhatsmeow(rows: (table: WhatsmeowTable) => readonly Row[], nowMs: number): RawEntry[] {
  const [device] = rows('whatsmeow_device')
  const preKeys = rows('whatsmeow_pre_keys')
  const appStateKeys = rows('whatsmeow_app_state_sync_keys')
  return [
    ...(device ? [entry('creds', () => credsOf(device, preKeys, appStateKeys))] : []),
    ...preKeys.map((row) => entry(`pre-key-${textOf(row['key_id'])}`, () => pairOf(row['key']))),
    ...rows('whatsmeow_identity_keys').map((row) =>
      entry(`identity-key-${addressOf(row['their_id'])}`, () => Buffer.from(generateSignalPubKey(bytesOf(row['identity'])))),
    ),
    ...rows('whatsmeow_sessions').map((row) =>
      entryOfText(`session-${addressOf(row['their_id'])}`, () => sessionOfRecord(bytesOf(row['session']), nowMs).text),
    ),
    ...rows('whatsmeow_sender_keys').map((row) => {
      const [user, device] = addressOf(row['sender_id']).split('.')
      return entryOfText(`sender-key-${textOf(row['chat_id'])}::${user ?? ''}::${device ?? ''}`, () =>
        senderKeyOfRecord(bytesOf(row['sender_key'])),
      )
    }),
    ...appStateKeys.map((row) => entry(`app-state-sync-key-${base64(bytesOf(row['key_id']))}`, () => appStateKeyOf(row))),
    ...rows('whatsmeow_privacy_tokens').map((row) =>
      entry(`tctoken-${textOf(row['their_jid'])}`, () => ({ token: bytesOf(row['token']), timestamp: textOf(row['timestamp']) })),
    ),
    ...rows('whatsmeow_lid_map').flatMap((row) => {
      const [lid, phone] = [textOf(row['lid']), textOf(row['pn'])]
      return [entry(`lid-mapping-${phone}`, () => lid), entry(`lid-mapping-${lid}_reverse`, () => phone)]
    }),
  ]
}

const entry = (name: string, value: () => unknown): RawEntry =>
  entryOfText(name, () => JSON.stringify(value(), BufferJSON.replacer))

function entryOfText(name: string, text: () => string): RawEntry {
  try {
    return { name, isFile: false, text: text() }
  } catch {
    return { name, isFile: false, text: '' }
  }
}

function credsOf(device: Row, preKeys: readonly Row[], appStateKeys: readonly Row[]) {
  const numbers = (of: readonly Row[]) => of.map((row) => Number(textOf(row['key_id'])))
  const next = (of: readonly Row[]): number => Math.max(0, ...numbers(of)) + 1
  const isUploaded = (row: Row): boolean => ['1', 't', 'true'].includes(textOf(row['uploaded']))
  const newest = appStateKeys.toSorted((a, b) => Number(textOf(a['timestamp'])) - Number(textOf(b['timestamp']))).at(-1)
  const lid = textOf(device['lid'])
  return {
    ...initAuthCreds(),
    noiseKey: pairOf(device['noise_key']),
    signedIdentityKey: pairOf(device['identity_key']),
    signedPreKey: {
      keyPair: pairOf(device['signed_pre_key']),
      signature: bytesOf(device['signed_pre_key_sig']),
      keyId: Number(textOf(device['signed_pre_key_id'])),
    },
    registrationId: Number(textOf(device['registration_id'])),
    advSecretKey: base64(bytesOf(device['adv_key'])),
    account: {
      details: bytesOf(device['adv_details']),
      accountSignatureKey: bytesOf(device['adv_account_sig_key']),
      accountSignature: bytesOf(device['adv_account_sig']),
      deviceSignature: bytesOf(device['adv_device_sig']),
    },
    me: { id: jidOf(textOf(device['jid'])), name: textOf(device['push_name']), ...(lid === '' ? {} : { lid: jidOf(lid) }) },
    platform: textOf(device['platform']),
    nextPreKeyId: next(preKeys),
    firstUnuploadedPreKeyId: next(preKeys.filter(isUploaded)),
    // The phone has told its history to the device long ago.
    accountSyncCounter: 1,
    ...(newest ? { myAppStateKeyId: base64(bytesOf(newest['key_id'])) } : {}),
  }
}

function appStateKeyOf(row: Row) {
  const fingerprint = proto.Message.AppStateSyncKeyFingerprint.decode(bytesOf(row['fingerprint']))
  return {
    keyData: base64(bytesOf(row['key_data'])),
    timestamp: textOf(row['timestamp']),
    fingerprint: proto.Message.AppStateSyncKeyFingerprint.toObject(fingerprint, { longs: String, bytes: String }) as object,
  }
}

const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex')

/** A pair from its private key, which whatsmeow stores alone. */
function pairOf(value: Value | undefined): { private: Buffer; public: Buffer } {
  const secret = bytesOf(value)
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: 'der', type: 'pkcs8' })
  return { private: secret, public: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32) }
}

/** `user:device`, as Baileys writes it. */
const addressOf = (value: Value | undefined): string => textOf(value).replace(/:(\d+)$/, '.$1')

/** Some versions write `user.agent:device@server`. */
const jidOf = (text: string): string => text.replace(/^(\d+)\.\d+(?=[:@])/, '$1')

const textOf = (value: Value | undefined): string =>
  value === null || value === undefined ? '' : value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)

/** Bytes of SQLite, or as PostgreSQL prints them. */
function bytesOf(value: Value | undefined): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value)
  const hex = /^\\x((?:[0-9a-f]{2})*)$/.exec(textOf(value))?.[1]
  if (hex === undefined) throw new SyntaxError('These are no bytes.')
  return Buffer.from(hex, 'hex')
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
