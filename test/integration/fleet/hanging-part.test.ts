import { randomBytes } from 'node:crypto'
import { JOBS } from '@holdfast/core/message/job-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { WrappingKey } from '@holdfast/core/security/envelope'
import { expect, it, vi } from 'vitest'
import { sweep } from '../../../functions/src/use-cases/sweep.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { reportedSession, runnerChange, sessionChange } from '../../support/fleet-documents.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'

it('a part of the sweep that hangs keeps no other from its work, and ends after a while', async () => {
  const documents = new CountedDocuments(Date.now())
  await documents.commit([
    runnerChange('r1', { 'default.main': reportedSession() }),
    sessionChange('default.main', { runnerId: 'r1' }),
  ])
  // The queries for overdue jobs never get an answer; everything else does.
  const hanging = Object.assign(Object.create(documents) as CountedDocuments, {
    query: (query: Parameters<CountedDocuments['query']>[0]) =>
      query.collection === JOBS && query.orderBy?.[0] !== 'failedAt' ? new Promise<never>(() => {}) : documents.query(query),
    read: (path: string) => documents.read(path),
    count: (query: Parameters<CountedDocuments['count']>[0]) => documents.count(query),
    commit: (changes: Parameters<CountedDocuments['commit']>[0]) => documents.commit(changes),
  })
  const limits: (() => void)[] = []
  const clock = {
    ...systemClock,
    now: () => documents.nowMs,
    after: (_: number, callback: () => void) => (limits.push(callback), () => {}),
  }
  const logger = createLogger('sweep', 'silent')
  const run = sweep({
    documents: hanging,
    clock,
    logger,
    tenants: new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS }),
    wrappingKey: new WrappingKey(randomBytes(32)),
    tasks: new RecordedTasks(),
    thresholds: { cpu: 70, memory: 75 },
    isRecoveryAutomatic: true,
    jobsLag: false,
  })
  await vi.waitFor(() => expect(documents.all('health_status').map(({ id }) => id)).toEqual(['fleet', 'runner.r1']))
  // Time passes for one hanging part after the other.
  let isOver = false
  void run.then(() => (isOver = true))
  await vi.waitFor(() => {
    for (const limit of limits.splice(0)) limit()
    expect(isOver).toBe(true)
  })
  expect(await run).toMatchObject({ overdue: 0, expired: 0 })
})
