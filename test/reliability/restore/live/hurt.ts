import { isDeepStrictEqual } from 'node:util'
import { placeOfCheckpoint } from '@holdfast/core/session/ids'
import type { SeededRandom } from '../../../../sandbox/network/seeded-random.ts'
import { damage, type Damaged } from '../damage.ts'
import type { Stored } from '../stored.ts'
import type { LiveStores } from './stores.ts'

/** What was done to a session, and what its stores would have without that. */
export interface Hurt {
  readonly whole: Stored
  readonly damaged: Damaged
}

interface Given {
  readonly stores: LiveStores
  readonly sessionId: string
  readonly random: SeededRandom
  /** What the stores have of another session. */
  readonly other: Stored
  /**
   * The last record of which nothing before may be taken up: the session was linked, or returned with a loss. What a restore that has both
   * of its checkpoints lost would find before it is no part of the present log.
   */
  readonly notBefore: number
}

/** Damages a session while its owner lives and changes what it has stored. */
export async function hurtAlive(given: Given): Promise<Hurt> {
  const { stores, sessionId } = given
  const whole = await stores.stored(sessionId)
  const session = stores.damageable(sessionId, { isOwned: true })
  return { whole, damaged: await damage({ ...given, session, whole, spared: sparedOf(given, whole) }) }
}

/** Damages a session whose owner is dead, or leaves it with the damage of before. */
export async function hurtAtRest(given: Given, before: Hurt | null): Promise<Hurt> {
  const { stores, sessionId, random } = given
  const found = await stores.storedAtRest(sessionId)
  const known = before ? withoutDamage(before, found) : { whole: found, damaged: NO_DAMAGE }
  if (before && random.chance(0.5)) return known
  const session = stores.damageable(sessionId, { isOwned: false })
  const spared = new Set([...sparedOf(given, known.whole), ...known.damaged.objects])
  const more = await damage({ ...given, session, whole: known.whole, spared })
  return {
    whole: known.whole,
    damaged: {
      records: new Map([...known.damaged.records, ...more.records]),
      objects: new Set([...known.damaged.objects, ...more.objects]),
      what: [...known.damaged.what, 'then without an owner', ...more.what],
    },
  }
}

const NO_DAMAGE: Damaged = { records: new Map(), objects: new Set(), what: [] }

/**
 * What is stored now, with what an earlier damage took away. The owner has trimmed since, and has written checkpoints: what it removed itself
 * is no damage any more.
 */
function withoutDamage({ whole: before, damaged }: Hurt, now: Stored): Hurt {
  const records = new Map(now.records)
  const left = new Map<number, 'missing' | 'damaged'>()
  const mayBeTrimmedTo = Math.max(now.trimmedTo, now.previousCheckpoint?.seq ?? 0)
  for (const [seq, how] of damaged.records) {
    const fields = before.records.get(seq)
    const isTrimmed = !now.records.has(seq) && (how === 'damaged' || seq <= mayBeTrimmedTo)
    if (!fields || isTrimmed || isDeepStrictEqual(now.records.get(seq), fields)) continue
    records.set(seq, fields)
    left.set(seq, how)
  }
  const objects = new Map(now.objects)
  for (const name of damaged.objects) objects.set(name, before.objects.get(name) ?? Buffer.alloc(0))
  const inOrder = new Map([...records].toSorted(([one], [other]) => one - other))
  return {
    whole: {
      ...now,
      records: inOrder,
      rawRecords: inOrder,
      objects: new Map([...objects].toSorted(([one], [other]) => (one < other ? -1 : 1))),
      earlier: now.earlier.filter((name) => !objects.has(name)),
      end: Math.max(now.knownEnd, ...inOrder.keys()),
    },
    damaged: { ...damaged, records: left },
  }
}

/**
 * The checkpoints that stay whole. When none that the session's document names is left the newest other one is taken, and that one has to
 * be one of the present log, or nobody could foresee what comes of it.
 */
function sparedOf({ random, notBefore }: Given, { checkpoint, previousCheckpoint, earlier }: Stored): ReadonlySet<string> {
  const named = [checkpoint, previousCheckpoint].filter((pointer) => pointer !== null)
  const isOfPresent = (name: string | undefined): boolean => (placeOfCheckpoint(name ?? '')?.seq ?? 0) > notBefore
  if (isOfPresent(earlier.at(-1))) return new Set()
  const present = named.filter(({ object }) => isOfPresent(object))
  return new Set(
    present.length === named.length && named.length > 0 ? [random.pick(named).object] : named.map(({ object }) => object),
  )
}
