import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { parseStored } from '../platform/parse.ts'
import type { StateKind } from './state-kinds.ts'

/**
 * PERSISTED CONTRACT v1: what a journal record carries once it is opened. A group is a list of mutations, applied in order.
 *
 * `keys`: by kind, then id, the encoded value or null for removal; `state-kinds.ts` has the kinds. `creds`: the encoded
 * credentials, whole.
 */
export interface Mutation {
  readonly keys?: KeyChanges
  readonly creds?: string
}

/** Accepts stored kinds of a later version as well, which are kept. */
export type KeyChanges = { readonly [Kind in StateKind]?: Readonly<Record<string, string | null>> }

const groupSchema = z.array(
  z.object({
    keys: z.record(z.string(), z.record(z.string(), z.string().nullable())).optional(),
    creds: z.string().optional(),
  }),
)

/** First byte of an encoded group. */
const PLAIN = 0
const DEFLATED = 1
/** Below this size, deflating costs more than the bytes it saves. */
const DEFLATE_FROM_BYTES = 512
/** The largest unpacked state, some hundred times that of a busy session. A larger one is neither written nor read. */
const MAX_PACKED_BYTES = 256 * 1024 * 1024

export function encodeGroup(mutations: readonly Mutation[]): Buffer {
  if (mutations.length === 0) return Buffer.alloc(0)
  return encodePacked(JSON.stringify(mutations))
}

export function decodeGroup(encoded: Buffer, place: string): Mutation[] {
  if (encoded.length === 0) return []
  return parseStored(groupSchema, decodePacked(encoded), place).map(({ keys, creds }) => ({
    ...(keys === undefined ? {} : { keys }),
    ...(creds === undefined ? {} : { creds }),
  }))
}

/**
 * JSON text with a codec byte in front, deflated when that pays. Checkpoints use it as well.
 *
 * @throws RangeError when the text is too large to be read back.
 */
export function encodePacked(json: string): Buffer {
  const plain = Buffer.from(json)
  if (plain.length > MAX_PACKED_BYTES) throw new RangeError(`A state of ${plain.length} bytes is too large to be stored.`)
  if (plain.length < DEFLATE_FROM_BYTES) return Buffer.concat([Buffer.of(PLAIN), plain])
  return Buffer.concat([Buffer.of(DEFLATED), deflateRawSync(plain, { level: 1 })])
}

export function decodePacked(encoded: Buffer): unknown {
  const body = encoded.subarray(1)
  const plain = encoded[0] === DEFLATED ? inflateRawSync(body, { maxOutputLength: MAX_PACKED_BYTES }) : body
  return JSON.parse(plain.toString()) as unknown
}
