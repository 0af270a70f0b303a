import { journalPath, type RecordKind } from '@holdfast/core/documents/journal-record'
import { sequenceId } from '@holdfast/core/ids'
import type { DocumentStore } from '@holdfast/core/ports'

const PAGE = 300

/**
 * Removes the records in (after, upTo], but never a claim nor the record right before one: these are the only numbers that an
 * old owner can still try to create, and a number that can be created again is no fence.
 *
 * Returns how many were removed.
 */
export async function trimJournal(documents: DocumentStore, sessionId: string, after: number, upTo: number): Promise<number> {
  let removed = 0
  let startAfter = sequenceId(after)
  // The record after the last one decides over the last one, so the range is read one further.
  const endAt = sequenceId(upTo + 1)
  let held: string | null = null
  for (;;) {
    const page = await documents.query({
      collection: journalPath(sessionId),
      orderBy: ['id', 'asc'],
      startAfter,
      endAt,
      limit: PAGE,
      select: ['kind'],
    })
    const removable: string[] = []
    for (const { path, fields } of page) {
      const isClaim = (fields['kind'] as RecordKind) === 'claim'
      if (held && !isClaim) removable.push(held)
      held = isClaim ? null : path
    }
    if (removable.length > 0) await documents.commit(removable.map((path) => ({ kind: 'delete', path })))
    removed += removable.length
    const last = page.at(-1)
    if (!last || page.length < PAGE) return removed
    startAfter = last.id
  }
}
