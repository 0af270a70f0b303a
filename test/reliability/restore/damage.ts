import type { Fields } from '@holdfast/core/platform/ports'
import { placeOfCheckpoint } from '@holdfast/core/session/ids'
import type { SeededRandom } from '../../../sandbox/network/seeded-random.ts'
import type { Damageable } from './damageable.ts'
import type { Stored } from './stored.ts'

/** What was done to a session, as the judge needs to know it. */
export interface Damaged {
  readonly records: ReadonlyMap<number, 'missing' | 'damaged'>
  readonly objects: ReadonlySet<string>
  /** For people. */
  readonly what: readonly string[]
}

interface Given {
  readonly random: SeededRandom
  readonly session: Damageable
  readonly whole: Stored
  /** What the stores have of another session. */
  readonly other: Stored
  /** Objects that stay whole. */
  readonly spared?: ReadonlySet<string>
}

type Done = { records: Map<number, 'missing' | 'damaged'>; objects: Set<string>; what: string[] }

const MOST_DAMAGES = 4

/** Damages the session at random: its records, its checkpoints, or both. */
export async function damage(given: Given): Promise<Damaged> {
  const { random } = given
  const done: Done = { records: new Map(), objects: new Set(), what: [] }
  const times = random.chance(0.5) ? 1 : Math.floor(random.between(2, MOST_DAMAGES + 1))
  for (let left = times; left > 0; left--) {
    const kind = random.pick(['record', 'record', 'run of records', 'checkpoint', 'checkpoint', 'all checkpoints'] as const)
    if (kind === 'record') await damageRecord(given, done, random.pick(near(given)))
    else if (kind === 'run of records') await removeRun(given, done)
    else if (kind === 'checkpoint') await damageObject(given, done, random.pick([...given.whole.objects.keys()].slice(-3)))
    else for (const name of given.whole.objects.keys()) await damageObject(given, done, name)
  }
  return done
}

/** The records from which one is picked: mostly those that a restore needs. */
function near({ random, whole }: Given): number[] {
  const all = [...whole.records.keys()]
  const from = random.pick([whole.checkpoint, whole.previousCheckpoint, null])?.seq ?? 0
  const after = all.filter((seq) => seq > from)
  return after.length > 0 ? after : all
}

async function removeRun(given: Given, done: Done): Promise<void> {
  const { random } = given
  const seqs = near(given)
  const first = Math.floor(random.between(0, seqs.length))
  const isEnd = random.chance(0.4)
  const run = isEnd ? seqs.slice(-Math.ceil(random.between(0, 4))) : seqs.slice(first, first + Math.ceil(random.between(1, 5)))
  for (const seq of run) await lose(given, done, seq)
}

async function damageRecord(given: Given, done: Done, seq: number): Promise<void> {
  const { random, session, whole } = given
  const kind = random.pick(['flip', 'truncate', 'lose', 'swap', 'earlier', 'foreign'] as const)
  const fields = whole.records.get(seq) ?? {}
  const replace = async (at: number, by: Fields, how: string): Promise<void> => {
    if (done.records.get(at) === 'missing') return
    await session.write(at, by)
    done.records.set(at, 'damaged')
    done.what.push(`record ${at} (${String(whole.records.get(at)?.['kind'])}): ${how}`)
  }
  if (kind === 'lose') return lose(given, done, seq)
  if (kind === 'flip' || kind === 'truncate') return replace(seq, hurt(random, fields, kind), kind)
  if (kind === 'foreign') {
    const theirs = [...given.other.records.keys()]
    const at = theirs.includes(seq) ? seq : random.pick(theirs)
    return replace(seq, given.other.records.get(at) ?? {}, `record ${at} of another session`)
  }
  const others = [...whole.records.keys()].filter((one) => one < seq)
  if (others.length === 0) return lose(given, done, seq)
  const earlier = random.pick(others)
  await replace(seq, whole.records.get(earlier) ?? {}, `record ${earlier} in its place`)
  if (kind === 'swap') await replace(earlier, fields, `record ${seq} in its place`)
}

/** A bit of what is sealed. A record that seals nothing has its chain. */
function hurt(random: SeededRandom, fields: Fields, kind: 'flip' | 'truncate'): Fields {
  const bytes = Buffer.from(fields['bytes'] as Uint8Array)
  if (bytes.length > 0) return { ...fields, bytes: hurtBytes(random, bytes, kind) }
  const chain = String(fields['prevHash'])
  if (chain === '') return { ...fields, prevHash: '0' }
  return {
    ...fields,
    prevHash: kind === 'truncate' ? chain.slice(0, -1) : `${chain.startsWith('0') ? '1' : '0'}${chain.slice(1)}`,
  }
}

function hurtBytes(random: SeededRandom, bytes: Buffer, kind: 'flip' | 'truncate'): Buffer {
  const at = Math.floor(random.between(0, bytes.length))
  if (kind === 'truncate') return Buffer.from(bytes.subarray(0, at))
  const hurtOne = Buffer.from(bytes)
  hurtOne[at] = (hurtOne[at] ?? 0) ^ (1 << Math.floor(random.between(0, 8)))
  return hurtOne
}

/**
 * Removes a record. The very last ones stay where no document tells that they were written: nothing that is left could show their loss.
 */
async function lose({ session, whole }: Given, done: Done, seq: number): Promise<void> {
  const isLastKnown = ![...whole.records.keys()].some((one) => one > seq && done.records.get(one) !== 'missing')
  if (isLastKnown && seq > whole.knownEnd) return
  await session.write(seq, null)
  done.records.set(seq, 'missing')
  done.what.push(`record ${seq} (${String(whole.records.get(seq)?.['kind'])}): gone`)
}

async function damageObject(given: Given, done: Done, name: string): Promise<void> {
  const { random, session, whole, other, spared } = given
  if (spared?.has(name)) return
  const bytes = whole.objects.get(name) ?? Buffer.alloc(0)
  const kind = random.pick(['flip', 'truncate', 'lose', 'earlier', 'foreign'] as const)
  const older = [...whole.objects.keys()].filter((one) => one < name)
  const inPlace = random.chance(0.5)
  const hurtOne = (): Buffer | null => {
    if (kind === 'foreign') return random.pick([...other.objects.values()])
    if (kind === 'earlier' && older.length > 0) return whole.objects.get(random.pick(older)) ?? null
    if (kind === 'flip' || kind === 'truncate') return hurtBytes(random, bytes, kind)
    return null
  }
  await session.replace(name, hurtOne(), { inPlace })
  done.objects.add(name)
  done.what.push(`checkpoint ${placeOfCheckpoint(name)?.seq ?? name}: ${kind}${inPlace ? '' : ', another generation'}`)
}
