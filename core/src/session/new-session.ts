import { type Fields, SERVER_TIME } from '../platform/ports.ts'
import type { SessionDocument } from './session-document.ts'
import { REASONS } from './session-states.ts'

/** Makes the fields of the document of a session that never had an owner. */
export function newSession(tenant: string, name: string, wanted: SessionDocument['wanted']): Fields {
  const waiting = { sentence: 'Created; waiting for a runner to take it.', userAction: null }
  return {
    v: 1,
    tenant,
    name,
    wanted,
    config: {},
    createdAt: SERVER_TIME,
    state: 'NEW',
    reason: 'created',
    ...(wanted === 'online' ? waiting : REASONS.created),
    since: SERVER_TIME,
    // Fields that are null are written too, because queries find only fields that exist.
    runnerId: null,
    epoch: 0,
    journalHead: 0,
    checkpoint: null,
    previousCheckpoint: null,
    trimmedTo: 0,
    lastProofOfLifeAt: null,
    lastInboundAt: null,
    me: null,
    pairing: null,
    counters: { sent: 0, received: 0 },
    nextAttemptAt: null,
  }
}
