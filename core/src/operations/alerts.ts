import { type AlertDocument, type AlertType, alertDocumentSchema, alertPath } from './alert-document.ts'
import { parseStored } from '../platform/parse.ts'
import { type DocumentSnapshot, type DocumentStore, type Fields, SERVER_TIME } from '../platform/ports.ts'

export interface Alert extends Pick<AlertDocument, 'severity' | 'sentence' | 'userAction'> {
  readonly type: AlertType
  readonly scope: string
}

/** Other processes may write to the same alert at the same time. */
const ATTEMPTS = 5

/** Opens the alert, or counts one more sighting. The last sentence stands. */
export async function raiseAlert(
  documents: DocumentStore,
  { type, scope, severity, sentence, userAction }: Alert,
): Promise<void> {
  const path = alertPath(type, scope)
  const raised = { v: 1, type, scope, severity, sentence, userAction, state: 'open', lastSeenAt: SERVER_TIME, resolvedAt: null }
  await changing(documents, path, (found) => {
    const before = found && parseStored(alertDocumentSchema, found.fields, path)
    if (before?.state === 'open') return { ...raised, count: before.count + 1 }
    return { ...raised, firstSeenAt: SERVER_TIME, count: 1 }
  })
}

/** Resolves an open alert. Returns false, and writes nothing, when no open alert exists. */
export async function resolveAlert(documents: DocumentStore, type: AlertType, scope: string): Promise<boolean> {
  return changing(documents, alertPath(type, scope), (found) =>
    found && found.fields['state'] !== 'resolved' ? { state: 'resolved', resolvedAt: SERVER_TIME } : null,
  )
}

/** Writes the result of `change` on the present document, unless it is null. Reads again when another writer was faster. */
async function changing(
  documents: DocumentStore,
  path: string,
  change: (found: DocumentSnapshot | null) => Fields | null,
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    const found = await documents.read(path)
    const fields = change(found)
    if (!fields) return false
    try {
      await documents.commit([
        found ? { kind: 'update', path, fields, unlessChangedSince: found } : { kind: 'create', path, fields },
      ])
      return true
    } catch (error) {
      if (attempt >= ATTEMPTS) throw error
    }
  }
}
