import { createHash } from 'node:crypto'
import { z } from 'zod'
import { journalRecordSchema, type JournalRecord } from '../../journal/journal-record.ts'
import { parseStored } from '../../platform/parse.ts'
import { HoldfastError, isHoldfastError } from '../../platform/errors.ts'
import { sequenceId } from '../../session/ids.ts'
import type { Merge } from '../../platform/ports.ts'
import type { FoundRecord } from '../../journal/journal-store.ts'
import { decodeMerges, encodeMerges } from './merge-codec.ts'

/**
 * PERSISTED CONTRACT v1: a file of a journal. One line of JSON (the header, readable), a line feed, the sealed bytes of the
 * records one after the other, and the merges that came with them.
 */
const headerSchema = z.object({
  v: z.literal(1),
  /** Time of writing, by the host's clock, ISO 8601. */
  at: z.iso.datetime(),
  /** Hash of everything behind the header, hex. */
  sha256: z.string(),
  /** The records without their bytes, but with how many those are. */
  records: z.array(journalRecordSchema.omit({ bytes: true }).extend({ size: z.number().int().nonnegative() })).min(1),
  merges: z.object({ size: z.number().int().nonnegative() }),
})

/** The records of one commit, as their file holds them. */
export interface JournalFile {
  /** The first and last record number. The file is named after the first. */
  readonly first: number
  readonly last: number
  /** Not verified yet. */
  readonly records: readonly FoundRecord[]
  readonly merges: readonly Merge[]
  /** The damage of the file as a whole. The number of its records is uncertain then. */
  readonly damage: HoldfastError | null
}

const NAME = /^(\d{20})\.rec$/

export const journalFileName = (first: number): string => `${sequenceId(first)}.rec`

/** The number of a file's first record; null for a file that does not belong to a journal. */
export function firstRecordOf(name: string): number | null {
  const match = NAME.exec(name)
  return match ? Number(match[1]) : null
}

export function encodeJournalFile(records: readonly JournalRecord[], merges: readonly Merge[], at: Date): Buffer {
  const encoded = Buffer.from(encodeMerges(merges, at))
  const body = Buffer.concat([...records.map(({ bytes }) => bytes), encoded])
  const header = {
    v: 1,
    at: at.toISOString(),
    sha256: sha256(body),
    records: records.map(({ bytes, ...record }) => ({ ...record, size: bytes.length })),
    merges: { size: encoded.length },
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body])
}

/** Decodes a file. The result reports damage instead of throwing: a reader finds unusable records at their numbers. */
export function decodeJournalFile(bytes: Buffer, first: number, place: string): JournalFile {
  let numbers = 1
  try {
    const end = bytes.indexOf(0x0a)
    const header = parseStored(headerSchema, JSON.parse(bytes.subarray(0, Math.max(0, end)).toString()), place)
    numbers = header.records.length
    return decodeBody(header, bytes.subarray(end + 1), first, place)
  } catch (error) {
    const damage = isHoldfastError(error)
      ? error
      : new HoldfastError('journal-damaged', `${place} cannot be read.`, { cause: error })
    const fields = damage.code === 'unknown-version' ? { v: versionOf(bytes) } : {}
    // As many as the header counts: their numbers are taken all the same.
    const records = Array.from({ length: numbers }, (_, index) => ({ seq: first + index, place, fields }))
    return { first, last: first + numbers - 1, records, merges: [], damage }
  }
}

function decodeBody(header: z.infer<typeof headerSchema>, body: Buffer, first: number, place: string): JournalFile {
  const sizes = header.records.map(({ size }) => size)
  const size = sizes.reduce((sum, each) => sum + each, 0) + header.merges.size
  if (body.length !== size || sha256(body) !== header.sha256) {
    throw new HoldfastError('journal-damaged', `${place} was altered after it was written.`)
  }
  if (header.records.some(({ seq }, index) => seq !== first + index)) {
    throw new HoldfastError('journal-damaged', `${place} belongs under another number.`)
  }
  const at = new Date(header.at)
  let offset = 0
  const records = header.records.map(({ size, ...record }, index): FoundRecord => {
    const fields = { ...record, bytes: body.subarray(offset, (offset += size)), at }
    return { seq: first + index, place, fields }
  })
  const merges = decodeMerges(body.subarray(offset).toString(), place)
  return { first, last: first + records.length - 1, records, merges, damage: null }
}

function versionOf(bytes: Buffer): unknown {
  const header = JSON.parse(bytes.subarray(0, bytes.indexOf(0x0a)).toString()) as { v?: unknown }
  return header.v
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
