import type { RecordKind } from '@holdfast/core/journal/journal-record'
import type { JournalStore } from '@holdfast/core/journal/journal-store'

const PAGE = 300

/**
 * Removes the records in (after, upTo], but never a claim nor the record right before one: these are the only numbers that an
 * old owner can still try to create, and a number that can be created again is no fence.
 *
 * Returns how many were removed.
 */
export async function trimJournal(journals: JournalStore, sessionId: string, after: number, upTo: number): Promise<number> {
  let removed = 0
  let held: number | null = null
  for (let from = after; ;) {
    // The record after the last one decides over the last one, so the range is read one further.
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
