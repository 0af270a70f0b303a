import { createHash } from 'node:crypto'
import type { DocumentSnapshot, DocumentStore } from '@holdfast/core/platform/ports'
import { SESSIONS } from '@holdfast/core/session/session-document'

const PAGE = 300
const DAY_MS = 24 * 60 * 60 * 1000

/** The ids of all sessions, on each day in another order, so that a run that ends early leaves out others than the last one. */
export async function sessionsInTurn(documents: DocumentStore, nowMs: number): Promise<readonly string[]> {
  const day = Math.floor(nowMs / DAY_MS)
  const turns: { readonly id: string; readonly turn: string }[] = []
  for (let last: DocumentSnapshot | undefined; ;) {
    const from = last ? { startAfter: last.id } : {}
    const page = await documents.query({ collection: SESSIONS, orderBy: ['id', 'asc'], limit: PAGE, select: [], ...from })
    for (const { id } of page) turns.push({ id, turn: createHash('sha256').update(`${day}/${id}`).digest('hex') })
    if (page.length < PAGE) return turns.toSorted((one, other) => (one.turn < other.turn ? -1 : 1)).map(({ id }) => id)
    last = page.at(-1)
  }
}
