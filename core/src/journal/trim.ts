import type { RecordKind } from './journal-record.ts'
import type { JournalStore } from './journal-store.ts'

const PAGE = 300

/**
 * Removes the records in (after, upTo], except each claim and the record right before it. An old owner can still try to create
 * only these numbers, and a number that can be created again is no fence.
 *
 * Returns the number of removed records.
 */
export async function trimJournal(journals: JournalStore, sessionId: string, after: number, upTo: number): Promise<number> {
  let removed = 0
  let held: number | null = null
  for (let from = after; ;) {
    // Whether a record goes depends on the one after it, so this reads one record beyond the range.
    const page = await journals.outline(sessionId, { after: from, upTo: upTo + 1, limit: PAGE })
    const removable: number[] = []
    for (const { seq, fields } of page) {
      const isClaim = (fields['kind'] as RecordKind) === 'claim'
      if (held !== null && !isClaim) removable.push(held)
      held = isClaim ? null : seq
    }
    if (removable.length > 0) await journals.remove(sessionId, removable)
    removed += removable.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) return removed
    from = last.seq
  }
}
