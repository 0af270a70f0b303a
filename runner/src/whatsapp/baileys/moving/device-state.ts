import { generateSignalPubKey } from '@whiskeysockets/baileys'
import { verifySignature } from 'libsignal/src/curve.js'
import type { z } from 'zod'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { entryNameOf, type MovedKind } from './entry-names.ts'
import { readStored } from './stored-json.ts'
import { credsShape, type MovedCreds, VALUE_SHAPES } from './value-shapes.ts'

/** One entry of a store of Baileys, as it was found. */
export interface RawEntry {
  readonly name: string
  /** Whether Baileys has escaped the name for a file. */
  readonly isFile: boolean
  /** The value, as JSON. */
  readonly text: string
}

/** The state of a linked device, as another program kept it. */
export interface DeviceState {
  readonly creds: MovedCreds
  readonly keys: ReadonlyMap<MovedKind, ReadonlyMap<string, unknown>>
  /** Entries of Baileys that cannot be used, and why. */
  readonly unreadable: readonly { readonly name: string; readonly why: string }[]
  /** Names that are none of Baileys'. */
  readonly ignored: readonly string[]
}

/**
 * Reads the entries of a store of Baileys, and checks each. Keys that cannot be used are named; without usable credentials there is
 * nothing to move.
 *
 * @throws HoldfastError `cannot-move` when there are no credentials, or they are damaged or those of a device that was never linked
 */
export function readDevice(entries: Iterable<RawEntry>): DeviceState {
  let creds: MovedCreds | null = null
  const keys = new Map<MovedKind, Map<string, unknown>>()
  const unreadable: { name: string; why: string }[] = []
  const ignored: string[] = []
  for (const { name: written, isFile, text } of entries) {
    const name = entryNameOf(written, isFile)
    if (name === null) ignored.push(masked(written))
    else if (name === 'creds') creds = readCreds(text)
    else {
      const value = readValue(VALUE_SHAPES[name.kind], text)
      if (value.why !== null) unreadable.push({ name: masked(written), why: value.why })
      else keys.set(name.kind, (keys.get(name.kind) ?? new Map<string, unknown>()).set(name.id, value.value))
    }
  }
  if (creds === null) throw refusal('There are no credentials (creds) in it, so there is no session to move.')
  return { creds, keys, unreadable, ignored }
}

/** Names of entries have phone numbers. Their ends suffice to find an entry. */
export const masked = (name: string): string =>
  name.replaceAll(/\d{7,}/g, (digits) => `${digits.slice(0, 2)}…${digits.slice(-2)}`)

const refusal = (message: string, cause?: unknown): HoldfastError =>
  new HoldfastError('cannot-move', message, cause === undefined ? {} : { cause })

function readCreds(text: string): MovedCreds {
  const read = readValue(credsShape, text)
  if (read.why === null) return withProof(read.value)
  const found = read.value as { me?: unknown; account?: unknown } | null
  const wasLinked = typeof found !== 'object' || found === null || (found.me !== undefined && found.account !== undefined)
  if (!wasLinked) throw refusal('The credentials are those of a device that no phone has linked. There is nothing to move.')
  throw refusal(`The credentials are damaged: ${read.why}. Take them from a backup, or link the phone anew.`)
}

/** The identity signs the key that contacts begin sessions with. Only whole credentials of one device pass. */
function withProof(creds: MovedCreds): MovedCreds {
  const { signedIdentityKey, signedPreKey } = creds
  const [signer, signed] = [signedIdentityKey, signedPreKey.keyPair].map((pair) => generateSignalPubKey(pair.public))
  if (signer && signed && isSigned(signer, signed, signedPreKey.signature)) return creds
  throw refusal('The credentials are damaged: the signed key is not signed by the identity. Take them from a backup.')
}

function isSigned(signer: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifySignature(signer, signed, signature)
  } catch {
    return false
  }
}

type Read<Value> = { readonly value: Value; readonly why: null } | { readonly value: unknown; readonly why: string }

function readValue<Value>(shape: z.ZodType<Value>, text: string): Read<Value> {
  if (text.trim() === '') return { value: null, why: 'it is empty' }
  let value: unknown
  try {
    value = readStored(text)
  } catch {
    return { value: null, why: 'it is cut or is no JSON' }
  }
  const parsed = shape.safeParse(value)
  if (parsed.success) return { value: parsed.data, why: null }
  const [issue] = parsed.error.issues
  const path = issue?.path.slice(0, 3).map(String).join('.') ?? ''
  return { value, why: `${path === '' ? 'its value' : `"${masked(path)}"`} ${said(issue?.message)}` }
}

/** Zod's own words are of another kind than ours. */
const said = (message = 'has another shape'): string => (/^(must|has|is|the|does) /.test(message) ? message : 'has another shape')
