import type { DocumentSnapshot } from '@holdfast/core/platform/ports'

/** Most documents are none of a caller that may see a few: few reads in a row find them. */
const LARGE_READ = 200

interface Request {
  /** Reads so many documents behind one, or from the beginning. */
  readonly read: (behind: DocumentSnapshot | null, limit: number) => Promise<readonly DocumentSnapshot[]>
  readonly isVisible: (document: DocumentSnapshot) => boolean
  readonly limit: number
  /** How many are read at once behind the first read. */
  readonly atOnce?: number
}

/**
 * Returns a page of the documents that a caller may see, and whether there are further ones. It reads on until the page is full: a cursor that
 * named what the caller may not see would tell of it.
 */
export async function visiblePage({
  read,
  isVisible,
  limit,
  atOnce = LARGE_READ,
}: Request): Promise<{ readonly documents: readonly DocumentSnapshot[]; readonly hasMore: boolean }> {
  const visible: DocumentSnapshot[] = []
  let behind: DocumentSnapshot | null = null
  for (;;) {
    const most = behind === null ? limit + 1 : Math.max(atOnce, limit + 1)
    const found: readonly DocumentSnapshot[] = await read(behind, most)
    visible.push(...found.filter(isVisible))
    if (visible.length > limit) return { documents: visible.slice(0, limit), hasMore: true }
    if (found.length < most) return { documents: visible, hasMore: false }
    behind = found.at(-1) ?? null
  }
}
