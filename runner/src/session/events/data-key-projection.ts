import { sessionKeyPath } from '@holdfast/core/security/session-key-document'
import type { Projection } from './projection.ts'

/** Writes into `session_keys/{sessionId}` which data key seals from the record on. */
export const dataKeyDocument: Projection = (event, { sessionId }) =>
  event.type === 'data-key.used' ? [{ kind: 'merge', path: sessionKeyPath(sessionId), fields: { current: event.version } }] : []
