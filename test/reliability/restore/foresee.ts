import type { ReasonCode } from '@holdfast/core/session/session-states'
import { placeOfCheckpoint } from '@holdfast/core/session/ids'
import type { Damaged } from './damage.ts'
import type { Stored } from './stored.ts'

/** What has to become of a damaged session, by what is left of it. */
export interface Foreseen {
  /** The last record up to which everything is left. */
  readonly reaches: number
  /** The reasons that describe the damage: of the end of the log, and of its beginning. Empty when nothing is lost. */
  readonly reasons: readonly ReasonCode[]
  /** Whether what is left has the credentials of the device. */
  readonly isRestorable: boolean
}

/**
 * Tells from the damage alone what the product must find. It knows which checkpoints and records are whole, and takes the one from which
 * the records go furthest. A checkpoint that no document names counts only when none that one names is whole (docs/BACKUP.md): an owner that
 * dies between an object and its pointer leaves one.
 */
export function foresee(whole: Stored, damaged: Damaged, linkedAt: number): Foreseen {
  const isWhole = (seq: number): boolean => whole.records.has(seq) && !damaged.records.has(seq)
  const reachFrom = (start: number): number => {
    let reached = start
    while (isWhole(reached + 1)) reached++
    return reached
  }
  const all = [...whole.earlier, ...whole.objects.keys()].filter((name) => !damaged.objects.has(name))
  const named = all.filter((name) => [whole.checkpoint, whole.previousCheckpoint].some((pointer) => pointer?.object === name))
  const left = named.length > 0 ? named : all
  const starts = left.map((name) => placeOfCheckpoint(name)?.seq ?? 0)
  const reaches = Math.max(reachFrom(0), ...starts.map(reachFrom))
  const isRestorable = reachFrom(0) >= linkedAt || starts.some((start) => start >= linkedAt)
  return { reaches, isRestorable, reasons: reaches >= whole.end ? [] : reasonsOf(whole, damaged, reaches) }
}

function reasonsOf(whole: Stored, { records, objects }: Damaged, reaches: number): ReasonCode[] {
  if ([...whole.records.keys()].every((seq) => records.get(seq) === 'missing')) return ['journal-missing']
  const last = records.get(whole.end)
  const ofEnd: ReasonCode[] = last === undefined ? [] : [last === 'damaged' ? 'journal-damaged' : 'journal-short']
  const pointed = [whole.checkpoint, whole.previousCheckpoint].filter((pointer) => pointer !== null)
  const areLost = pointed.length > 0 && pointed.every(({ object }) => objects.has(object))
  if (areLost && reaches < Math.max(whole.trimmedTo, whole.previousCheckpoint?.seq ?? 0)) return [...ofEnd, 'checkpoint-lost']
  const isEnd = [...whole.records.keys()].every((seq) => seq <= reaches || records.get(seq) === 'missing')
  if (isEnd) return [...ofEnd, 'journal-short']
  return [...ofEnd, records.get(reaches + 1) === 'damaged' ? 'journal-damaged' : 'journal-gap']
}
