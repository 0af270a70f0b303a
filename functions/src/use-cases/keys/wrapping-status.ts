import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { isHoldfastError, isKeyRefused } from '@holdfast/core/platform/errors'
import { wrapPlace } from '@holdfast/core/security/key-wrapping'
import { sessionKeyDocumentSchema } from '@holdfast/core/security/session-key-document'
import type { Dependencies } from '../dependencies.ts'
import { keyDocuments } from './key-documents.ts'

/** How many documents a wrapping key wraps. */
interface WrappingKeyUse {
  /** As documents name it. */
  readonly id: string
  readonly documents: number
  /** Whether the current key of at least one of these documents. */
  readonly isCurrent: boolean
}

export interface WrappingStatus {
  readonly documents: number
  /** Documents whose data keys are all wrapped by the current key. */
  readonly current: number
  /** Documents that do not parse. */
  readonly damaged: number
  readonly keys: readonly WrappingKeyUse[]
  /** Whether no document needs another key than the current one. */
  readonly mayDropOthers: boolean
  readonly sentence: string
}

/** Counts by which wrapping key the data keys are wrapped. It reads each key document once. */
export async function wrappingStatus({
  documents,
  wrappingKey,
}: Pick<Dependencies, 'documents' | 'wrappingKey'>): Promise<WrappingStatus> {
  const counts = { documents: 0, current: 0, damaged: 0 }
  const uses = new Map<string, { documents: number; isCurrent: boolean }>()
  for await (const page of keyDocuments(documents, null)) {
    for (const snapshot of page.documents) {
      counts.documents++
      const stored = parseUnlessDamaged(sessionKeyDocumentSchema, snapshot)
      if (isHoldfastError(stored)) {
        counts.damaged++
        continue
      }
      const current = await wrappingKey.currentAt(wrapPlace(snapshot.path, stored.current)).catch(nullIfRefused)
      const wrappers = new Set(Object.values(stored.keys).map(({ wrappedBy }) => wrappedBy))
      if ([...wrappers].every((id) => id === current)) counts.current++
      for (const id of wrappers) {
        const use = uses.get(id) ?? { documents: 0, isCurrent: false }
        uses.set(id, { documents: use.documents + 1, isCurrent: use.isCurrent || id === current })
      }
    }
  }
  const keys = [...uses].map(([id, use]) => ({ id, ...use })).toSorted((a, b) => b.documents - a.documents)
  const mayDropOthers = counts.current === counts.documents
  return { ...counts, keys, mayDropOthers, sentence: sentenceOf(mayDropOthers) }
}

/** A key that cannot be used is not the one that anything can be wrapped by. */
function nullIfRefused(error: unknown): null {
  if (isKeyRefused(error)) return null
  throw error
}

const sentenceOf = (mayDropOthers: boolean): string =>
  mayDropOthers
    ? 'No document needs an older wrapping key. Keep the older key outside of the processes for as long as you keep copies of the database and backups of sessions from before the last wrapping, because those need it.'
    : 'Some documents are wrapped by another key than the current one. Keep that key in every process, and wrap them: POST /api/keys/rewrap.'
