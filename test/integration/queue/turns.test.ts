import { RECOVERY_ACTIONS } from '@holdfast/core/operations/recovery-action-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { expect, test } from 'vitest'
import { sessionsInTurn } from '../../../functions/src/use-cases/backups/sessions-in-turn.ts'
import { sweepCleanUps } from '../../../functions/src/use-cases/clean-ups/sweep-clean-ups.ts'
import type { FleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { MemoryDocuments } from './memory-documents.ts'

// Work that one run has no time for comes to its turn in a later one.

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const names = (number: number): readonly string[] => Array.from({ length: number }, (_, place) => `default.s${place}`)

test('every night has all sessions, in an order of its own', async () => {
  const documents = new MemoryDocuments()
  const all = names(301)
  await documents.commit(all.map((id) => ({ kind: 'create', path: sessionPath(id), fields: { v: 1 } })))
  const [first, again, next] = [
    await sessionsInTurn(documents, 0),
    await sessionsInTurn(documents, DAY_MS - 1),
    await sessionsInTurn(documents, DAY_MS),
  ]
  expect(first.toSorted()).toEqual(all.toSorted())
  expect(again).toEqual(first)
  expect(next.slice(0, 10)).not.toEqual(first.slice(0, 10))
})

test('clean-ups that change nothing do not hide those of other sessions', async () => {
  const documents = new MemoryDocuments()
  const [clock, logger] = [systemClock, createLogger('test', 'silent')]
  const defaults = { ...DEFAULT_TENANT_SETTINGS, cleanup: { ...DEFAULT_TENANT_SETTINGS.cleanup, isDryRun: true } }
  const tenants = new TenantDirectory({ documents, clock, logger, defaults })
  const records = { counted: { session: 500 }, protected: 0, removable: 300 }
  const sessions = Object.fromEntries(names(120).map((id) => [id, { records, state: 'CONNECTED' }]))
  const nowMs = Date.parse('2026-11-30T12:00:00Z')
  for (let minute = 0; minute < 3; minute++) {
    const facts = { nowMs: nowMs + minute * MINUTE_MS, actions: [], runners: [{ isDead: false, document: { sessions } }] }
    await sweepCleanUps({ documents, tenants, logger }, facts as unknown as FleetFacts, new Deadline(clock, MINUTE_MS))
  }
  expect(await documents.query({ collection: RECOVERY_ACTIONS })).toHaveLength(120)
})
