import { BufferJSON, initAuthCreds, proto, type AuthenticationCreds, type SignalDataTypeMap } from '@whiskeysockets/baileys'
import { pruneSessionRecord } from './session-pruning.ts'

/**
 * Encodes Baileys' values for the state image as JSON, with bytes as base64. PERSISTED CONTRACT v1. The table of kinds
 * (`@holdfast/core/journal/state-kinds`) calls this codec `baileys`.
 */
type BaileysKind = keyof SignalDataTypeMap

export function encodeValue(kind: BaileysKind, value: unknown): string {
  return JSON.stringify(kind === 'session' ? pruneSessionRecord(value) : value, BufferJSON.replacer)
}

/** Returns a fresh value on each call, so that no two callers share a value that one of them may change. */
export function decodeValue(kind: BaileysKind, encoded: string): unknown {
  const value: unknown = JSON.parse(encoded, BufferJSON.reviver)
  return kind === 'app-state-sync-key' ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value
}

export const encodeCreds = (creds: AuthenticationCreds): string => JSON.stringify(creds, BufferJSON.replacer)

export function decodeCreds(encoded: string): AuthenticationCreds {
  const creds = JSON.parse(encoded, BufferJSON.reviver) as AuthenticationCreds
  // A cut pairing may have set `me` before the phone confirmed. Without an account WhatsApp does not know the device.
  if (creds.me && !creds.account) delete creds.me
  return creds
}

/** Returns the credentials of a device that was never linked. */
export const newCreds = (): AuthenticationCreds => initAuthCreds()
