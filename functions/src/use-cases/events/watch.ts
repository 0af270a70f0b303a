import type { DocumentSnapshot, ListenerEvent, Query } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../dependencies.ts'
import type { Source } from './feed.ts'

const LISTENS_AGAIN_MS = 1000

interface Watching {
  readonly query: Query
  /** Gets each document that is there, and then each change of one. */
  readonly changed: (snapshot: DocumentSnapshot) => void
  readonly removed: (id: string) => void
}

/** Follows the documents of a query. A listener that fails is replaced, and what it missed is told then. */
export function watch(
  { documents, clock, logger }: Pick<Dependencies, 'documents' | 'clock' | 'logger'>,
  { query, changed, removed }: Watching,
): Source {
  const { promise: opened, resolve } = Promise.withResolvers<void>()
  const known = new Set<string>()
  let end: () => void = () => {}
  let isClosed = false
  const listen = (): void => {
    let isFirst = true
    end = documents.listen(
      query,
      (events) => {
        if (isFirst) forgetBut(events)
        isFirst = false
        for (const event of events) hear(event)
        resolve()
      },
      (error) => {
        if (isClosed) return
        logger.warn({ error, collection: query.collection }, 'A listener of the events failed; listening again.')
        end = clock.after(LISTENS_AGAIN_MS, listen, 'keep-alive')
      },
    )
  }
  const forget = (id: string): void => {
    known.delete(id)
    removed(id)
  }
  const forgetBut = (events: readonly ListenerEvent[]): void => {
    const here = new Set(events.map(({ document }) => document.id))
    for (const id of known) if (!here.has(id)) forget(id)
  }
  const hear = ({ kind, document }: ListenerEvent): void => {
    if (kind === 'removed') return forget(document.id)
    known.add(document.id)
    changed(document)
  }
  listen()
  return {
    opened,
    close: () => {
      isClosed = true
      end()
    },
  }
}
