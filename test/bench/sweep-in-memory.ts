import { randomBytes } from 'node:crypto'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentCounter, DocumentStore } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { sweep, type SweepDependencies, type SweepFigures } from '../../functions/src/use-cases/sweep.ts'
import { TenantDirectory } from '../../functions/src/use-cases/tenant-directory.ts'
import { CountedDocuments } from '../support/counted-documents.ts'
import { reportedSession, runnerChange, sessionChange, writeAll } from '../support/fleet-documents.ts'
import { RecordedTasks } from '../support/recorded-tasks.ts'

const MINUTE_MS = 60_000

const wrappingKey = new WrappingKey(randomBytes(32))

/** The sweep, on given documents. */
function sweeping(documents: DocumentStore & DocumentCounter, now: () => number): () => Promise<SweepFigures> {
  const clock = { ...systemClock, now }
  const logger = createLogger('sweep', 'silent')
  const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
  const dependencies: SweepDependencies = {
    documents,
    clock,
    logger,
    tenants,
    wrappingKey,
    tasks: new RecordedTasks(),
    thresholds: { cpu: 70, memory: 75 },
    isRecoveryAutomatic: true,
    jobsLag: false,
  }
  return () => sweep(dependencies)
}

/** What Firestore bills for a run of the sweep over a fleet in which everything is well, after a few such runs. */
export async function costOfSweep(fleet: { sessions: number; runners: number }): Promise<{ reads: number; writes: number }> {
  const documents = new CountedDocuments(Date.now())
  const runnerOf = (place: number) => `r${String(place % fleet.runners).padStart(4, '0')}`
  const ids = Array.from({ length: fleet.sessions }, (_, place) => `default.s${String(place).padStart(6, '0')}`)
  await documents.commit(ids.map((id, place) => sessionChange(id, { runnerId: runnerOf(place) })))
  const runners = [...Map.groupBy(ids.entries(), ([place]) => runnerOf(place))].map(([id, own]) =>
    runnerChange(id, Object.fromEntries(own.map(([, sessionId]) => [sessionId, reportedSession()]))),
  )
  await writeAll(documents, runners)
  const run = sweeping(documents, () => documents.nowMs)
  for (let minute = 0; minute < 3; minute++) {
    documents.advance(MINUTE_MS)
    const beat = { heartbeatAt: new Date(documents.nowMs) }
    await documents.commit(runners.map(({ path }) => ({ kind: 'update', path, fields: beat })))
    documents.reads = 0
    documents.writes = 0
    await run()
  }
  return { reads: documents.reads, writes: documents.writes }
}
