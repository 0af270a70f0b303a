import { type Change, type DocumentStore, type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { tenantOf, sessionNameOf } from '@holdfast/core/session/ids'
import { sessionPath } from '@holdfast/core/session/session-document'

/** Writes fleets as runners and functions would write them. */

const MOST_IN_A_COMMIT = 400

export const sessionChange = (sessionId: string, fields: Fields = {}): Change => ({
  kind: 'create',
  path: sessionPath(sessionId),
  fields: {
    v: 1,
    tenant: tenantOf(sessionId),
    name: sessionNameOf(sessionId),
    wanted: 'online',
    createdAt: new Date('2026-11-01'),
    state: 'CONNECTED',
    reason: 'logged-in',
    since: new Date('2026-11-02'),
    runnerId: null,
    epoch: 1,
    ...fields,
  },
})

export const reportedSession = (fields: Fields = {}): Fields => ({
  state: 'CONNECTED',
  epoch: 1,
  lastProofOfLifeAt: null,
  lastInboundAt: null,
  downSince: null,
  ...fields,
})

export const runnerChange = (runnerId: string, sessions: Readonly<Record<string, Fields>>, fields: Fields = {}): Change => ({
  kind: 'create',
  path: runnerPath(runnerId),
  fields: {
    v: 1,
    state: 'active',
    instanceId: null,
    startedAt: new Date('2026-11-02'),
    version: '1.0.0',
    revision: '',
    heartbeatAt: SERVER_TIME,
    capacity: 500,
    heartbeatIntervalMs: 4000,
    deadAfterMs: 12_000,
    memoryBytes: 1,
    sessions,
    ...fields,
  },
})

export async function writeAll(documents: Pick<DocumentStore, 'commit'>, changes: readonly Change[]): Promise<void> {
  for (let at = 0; at < changes.length; at += MOST_IN_A_COMMIT) await documents.commit(changes.slice(at, at + MOST_IN_A_COMMIT))
}
