import type { CleanUpPlan, PlannedRecord } from '@holdfast/core/journal/clean-up-plan'
import type { CleanUpReport } from '@holdfast/core/operations/recovery-action-document'

/** Records that a report names one by one. Of the others it gives numbers. */
const MOST_NAMED = 100

/** What a clean-up planned, what it moved, or would move, and what it left. */
export function reportOf({ records, kept }: CleanUpPlan, moved: readonly PlannedRecord[]): CleanUpReport {
  return {
    planned: numbersOf(records),
    moved: numbersOf(moved),
    kept,
    named: moved.slice(0, MOST_NAMED).map(({ kind, id, why, unusedDays }) => ({ kind, id: masked(id), why, unusedDays })),
  }
}

function numbersOf(records: readonly PlannedRecord[]): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const { kind } of records) numbers[kind] = (numbers[kind] ?? 0) + 1
  return numbers
}

/** No whole number of a phone. */
const masked = (id: string): string => id.replaceAll(/\d{6,}/g, (digits) => `…${digits.slice(-4)}`)
