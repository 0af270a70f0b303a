import { healthPath } from '@holdfast/core/operations/health-document'
import { RECOVERY_ACTIONS, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { runnerPath } from '@holdfast/core/operations/runner-document'
import { DEFAULT_TENANT_SETTINGS } from '@holdfast/core/operations/tenant-settings'
import { Deadline } from '@holdfast/core/platform/deadlines'
import { createLogger } from '@holdfast/core/platform/logging'
import { type Fields, SERVER_TIME } from '@holdfast/core/platform/ports'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { sessionPath } from '@holdfast/core/session/session-document'
import { beforeEach, describe, expect, it } from 'vitest'
import { type FleetFacts, readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { endStuck } from '../../../functions/src/use-cases/recoveries/end-stuck.ts'
import { sweepRecoveries } from '../../../functions/src/use-cases/recoveries/sweep-recoveries.ts'
import { TenantDirectory } from '../../../functions/src/use-cases/tenant-directory.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { reportedSession, runnerChange, sessionChange, writeAll } from '../../support/fleet-documents.ts'

/** Recoveries that the sweep asks for, on a fleet in memory whose time the tests move. */

const logger = createLogger('test', 'silent')
const MINUTE_MS = 60_000
const NOON = Date.UTC(2026, 10, 20, 12)

/** A fleet whose runners beat. */
class Fleet {
  readonly documents = new CountedDocuments(NOON)
  readonly #reported = new Map<string, Record<string, Fields>>()

  /** Adds a live runner with sessions, some of which it has not been able to connect since `lostAtMs`. */
  async runner(runnerId: string, { well = 0, lost = [] as readonly string[], lostAtMs = NOON, ...fields }: RunnerOptions = {}) {
    const downSince = new Date(lostAtMs)
    const wellOnes = Array.from({ length: well }, (_, index) => `default.${runnerId}-well-${index}`)
    const lostFields = { state: 'BACKOFF', reason: 'connection-lost', since: downSince, downSince }
    const sessions = Object.fromEntries([
      ...wellOnes.map((id) => [id, reportedSession()] as const),
      ...lost.map((id) => [id, reportedSession({ state: 'BACKOFF', downSince })] as const),
    ])
    this.#reported.set(runnerId, sessions)
    await writeAll(this.documents, [
      runnerChange(runnerId, sessions, fields),
      ...wellOnes.map((id) => sessionChange(id, { runnerId })),
      ...lost.map((id) => sessionChange(id, { runnerId, ...lostFields })),
    ])
  }

  /** Lets time pass, in which the runners go on. */
  async passes(minutes: number): Promise<void> {
    this.documents.advance(minutes * MINUTE_MS)
    const beats = [...this.#reported.keys()].map(
      (id) => ({ kind: 'merge', path: runnerPath(id), fields: { heartbeatAt: SERVER_TIME } }) as const,
    )
    await this.documents.commit(beats)
  }

  async returns(runnerId: string, sessionId: string): Promise<void> {
    const sessions = { ...this.#reported.get(runnerId), [sessionId]: reportedSession() }
    this.#reported.set(runnerId, sessions)
    await this.documents.commit([
      { kind: 'merge', path: runnerPath(runnerId), fields: { sessions } },
      { kind: 'merge', path: sessionPath(sessionId), fields: { state: 'CONNECTED', reason: 'logged-in', downSince: null } },
    ])
  }

  /** Ends the open actions as an owner does that did not succeed. */
  async fail(): Promise<void> {
    const open = this.actions().filter(({ state }) => state === 'pending')
    const fields = { state: 'failed', finishedAt: SERVER_TIME }
    await this.documents.commit(open.map(({ id }) => ({ kind: 'merge', path: recoveryActionPath(id), fields })))
  }

  actions(): { id: string; sessionId: string; state: string; type: string; fields: Fields }[] {
    return this.documents.all(RECOVERY_ACTIONS).map(({ id, fields }) => ({
      id,
      fields,
      sessionId: String(fields['sessionId']),
      state: String(fields['state']),
      type: String(fields['type']),
    }))
  }

  readonly sweep = async ({ isRecoveryAutomatic = true } = {}): Promise<number> => {
    const needed = this.#needed(isRecoveryAutomatic)
    return sweepRecoveries(needed, await readFleetFacts(needed), new Deadline(systemClock, MINUTE_MS))
  }

  readonly facts = (): Promise<FleetFacts> => readFleetFacts(this.#needed(true))

  readonly endStuck = async (facts?: FleetFacts): Promise<number> =>
    endStuck(this.#needed(true), facts ?? (await this.facts()), new Deadline(systemClock, MINUTE_MS))

  #needed(isRecoveryAutomatic: boolean) {
    const { documents } = this
    const clock = { ...systemClock, now: () => documents.nowMs }
    const tenants = new TenantDirectory({ documents, clock, logger, defaults: DEFAULT_TENANT_SETTINGS })
    return { documents, clock, logger, tenants, isRecoveryAutomatic }
  }
}

type RunnerOptions = { well?: number; lost?: readonly string[]; lostAtMs?: number } & Fields

let fleet: Fleet
beforeEach(() => {
  fleet = new Fleet()
})

const says = () => fleet.actions().map(({ sessionId, type, state }) => `${type} ${sessionId} ${state}`)

describe('a session that its owner does not bring back', () => {
  beforeEach(() => fleet.runner('r1', { well: 30, lost: ['default.lost'] }))

  it('gets one recovery after the silence that its tenant allows, not before, with what was seen', async () => {
    await fleet.passes(16)
    expect(await fleet.sweep()).toBe(0)
    await fleet.passes(1)
    expect(await fleet.sweep()).toBe(1)
    const [action] = fleet.actions()
    expect(action).toMatchObject({ sessionId: 'default.lost', type: 'recover', state: 'pending' })
    expect(action?.fields).toMatchObject({ requestedBy: 'sweep', tenant: 'default', why: expect.stringContaining('17 minutes') })
    expect(action?.fields['evidence']).toMatchObject({ cause: 'network', owner: 'alive', outage: 'none', lostForSeconds: 1020 })
    await fleet.passes(1)
    expect(await fleet.sweep()).toBe(0)
  })

  it('gets it when its tenant allows, which may be earlier', async () => {
    const config = { thresholds: { silenceMinutes: 5 } }
    const tenant = { v: 1, name: 'Ours', state: 'active', config, createdAt: new Date(NOON) }
    await fleet.documents.commit([{ kind: 'create', path: 'tenants/default', fields: tenant }])
    await fleet.passes(7)
    expect(await fleet.sweep()).toBe(1)
  })

  it('gets none while an action on it is open, whoever asked', async () => {
    const open = { v: 1, tenant: 'default', sessionId: 'default.lost', type: 'recover', state: 'running', requestedBy: 'runner' }
    const fields = { ...open, why: 'Lost.', requestedAt: SERVER_TIME }
    await fleet.documents.commit([{ kind: 'create', path: recoveryActionPath('own-000001'), fields }])
    await fleet.passes(60)
    expect(await fleet.sweep()).toBe(0)
  })

  it('gets three in six hours, with pauses, and then a veto that is recorded once', async () => {
    await fleet.passes(17)
    const written: number[] = []
    for (let round = 0; round < 12; round++) {
      written.push(await fleet.sweep())
      await fleet.fail()
      await fleet.passes(6)
    }
    expect(written).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0])
    expect(says().toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'recover default.lost failed'),
      'recover default.lost vetoed',
    ])
    expect(fleet.actions().find(({ state }) => state === 'vetoed')?.fields['result']).toMatchObject({ code: 'sweep-budget' })
  })

  it('is only talked about with AUTO_RECOVERY=false, until it works again', async () => {
    await fleet.passes(17)
    expect(await fleet.sweep({ isRecoveryAutomatic: false })).toBe(1)
    await fleet.passes(20)
    expect(await fleet.sweep({ isRecoveryAutomatic: false })).toBe(0)
    const [action] = fleet.actions()
    expect(action).toMatchObject({ state: 'proposed', fields: { why: expect.stringContaining('AUTO_RECOVERY') } })
    expect(await fleet.endStuck()).toBe(0)
    await fleet.returns('r1', 'default.lost')
    expect(await fleet.endStuck()).toBe(1)
    expect(fleet.actions()).toMatchObject([
      { state: 'cancelled', fields: { cancelledBy: 'sweep', result: { code: 'no-longer-needed' } } },
    ])
    expect(await fleet.endStuck()).toBe(0)
  })
})

describe('two monitors that fight over a session', () => {
  it('ask for one recovery together: two sweeps at once, an operator and the owner', async () => {
    await fleet.runner('r1', { well: 30, lost: ['default.lost'] })
    await fleet.passes(17)
    const written = await Promise.all([fleet.sweep(), fleet.sweep(), fleet.sweep()])
    expect(written.reduce((sum, number) => sum + number)).toBe(1)
    expect(says()).toEqual(['recover default.lost pending'])
  })
})

describe('an outage', () => {
  const outage = async (verdict: string, runners: readonly string[] = []) => {
    const health = { v: 1, scope: 'fleet', status: 'warning', since: new Date(NOON), measuredAt: new Date(NOON) }
    const fields = { ...health, outage: { verdict, since: new Date(NOON), runners } }
    await fleet.documents.commit([{ kind: 'merge', path: healthPath('fleet'), fields }])
  }

  it('that explains the loss lets nobody recover, and is vetoed once for all its sessions', async () => {
    await fleet.runner('r1', { well: 30, lost: ['default.a', 'default.b'] })
    await fleet.passes(20)
    await outage('whatsapp')
    expect(await fleet.sweep()).toBe(1)
    expect(fleet.actions()).toMatchObject([
      { sessionId: '', state: 'vetoed', fields: { evidence: { lost: 2, verdict: 'whatsapp' }, result: { code: 'outage' } } },
    ])
    await fleet.passes(1)
    await outage('whatsapp')
    expect(await fleet.sweep()).toBe(0)
  })

  it('of another runner explains nothing', async () => {
    await fleet.runner('r1', { well: 30, lost: ['default.a'] })
    await fleet.runner('r2', { well: 5, lost: ['default.b'] })
    await fleet.passes(20)
    await outage('runner', ['r2'])
    await fleet.sweep()
    expect(says().toSorted()).toEqual(['recover  vetoed', 'recover default.a pending'])
  })

  it('that nobody names yet is known by its mass: most sessions are lost at once', async () => {
    await fleet.runner('r1', { well: 4, lost: ['a', 'b', 'c'].map((name) => `default.${name}`) })
    await fleet.runner('r2', { lost: ['d', 'e'].map((name) => `default.${name}`) })
    await fleet.passes(60)
    expect(await fleet.sweep()).toBe(1)
    expect(fleet.actions()).toMatchObject([{ sessionId: '', state: 'vetoed', fields: { result: { code: 'mass-failure' } } }])
  })
})

describe('the budgets', () => {
  const names = (number: number, prefix = 'lost') => Array.from({ length: number }, (_, index) => `default.${prefix}-${index}`)

  it('let few begin at once, and never more than a tenth of the fleet', async () => {
    for (let index = 0; index < 10; index++) {
      await fleet.runner(`r${index}`, { well: 20, lost: names(8, `r${index}`) })
    }
    await fleet.passes(20)
    const open: number[] = []
    for (let round = 0; round < 8; round++) {
      await fleet.sweep()
      open.push(fleet.actions().length)
      await fleet.passes(1)
    }
    // A tenth of 280 sessions is 28, but a runner with 28 has two at a time.
    expect(open).toEqual([7, 14, 20, 20, 20, 20, 20, 20])
  })

  it('let nothing begin when the sweep cannot count them', async () => {
    await fleet.runner('r1', { well: 30, lost: ['default.lost'] })
    await fleet.passes(20)
    const past = {
      v: 1,
      tenant: 'default',
      sessionId: 'default.x',
      type: 'recover',
      state: 'done',
      requestedBy: 'sweep',
      why: '',
    }
    await writeAll(
      fleet.documents,
      Array.from({ length: 1001 }, (_, index) => ({
        kind: 'create' as const,
        path: recoveryActionPath(`past-${String(index).padStart(6, '0')}`),
        fields: { ...past, requestedAt: SERVER_TIME, finishedAt: SERVER_TIME },
      })),
    )
    expect(await fleet.sweep()).toBe(0)
  })
})

describe('a runner most of whose sessions are lost', () => {
  const lost = ['a', 'b', 'c', 'd'].map((name) => `default.${name}`)

  it('is restarted, one at a time, when the other runners are well; its sessions get no recoveries of their own', async () => {
    await fleet.runner('sick-1', { well: 2, lost })
    await fleet.runner('sick-2', { well: 2, lost: lost.map((id) => `${id}-2`) })
    await fleet.runner('well', { well: 40 })
    await fleet.passes(30)
    await fleet.sweep()
    const restarts = fleet.actions().filter(({ type }) => type === 'restart-runner')
    expect(restarts).toMatchObject([{ id: 'sick-1-restart-runner-000001', state: 'pending', fields: { targetRunner: 'sick-1' } }])
    expect(restarts[0]?.fields['evidence']).toMatchObject({ cause: 'network', lost: 4, sessions: 6, workingElsewhere: 42 })
    expect(says().filter((line) => lost.some((id) => line.includes(`${id} `)))).toEqual([])
    await fleet.passes(2)
    await fleet.sweep()
    expect(fleet.actions().filter(({ type }) => type === 'restart-runner')).toHaveLength(1)
  })

  it.each([
    ['before the sessions had their time', 19, 40, {}],
    ['when the others are no better', 30, 0, {}],
    ['in its first ten minutes', 30, 40, { startedAt: new Date(NOON + 25 * MINUTE_MS) }],
    ['while it leaves anyway', 30, 40, { state: 'draining' }],
  ])('is not restarted %s', async (_, minutes, wellElsewhere, fields) => {
    await fleet.runner('sick', { well: 2, lost, ...fields })
    await fleet.runner('other', { well: wellElsewhere })
    await fleet.passes(minutes)
    await fleet.sweep()
    expect(fleet.actions().filter(({ type }) => type === 'restart-runner')).toEqual([])
  })

  it('is only proposed for a restart with AUTO_RECOVERY=false', async () => {
    await fleet.runner('sick', { well: 2, lost })
    await fleet.runner('well', { well: 40 })
    await fleet.passes(30)
    await fleet.sweep({ isRecoveryAutomatic: false })
    expect(says()).toEqual(['restart-runner  proposed'])
  })
})

describe('a stuck action', () => {
  const open = (sessionId: string, fields: Fields) =>
    fleet.documents.commit([
      {
        kind: 'create',
        path: recoveryActionPath(`${sessionId}-restart-000001`),
        fields: {
          v: 1,
          tenant: 'default',
          sessionId,
          type: 'restart',
          requestedBy: 'api',
          why: '',
          requestedAt: SERVER_TIME,
          ...fields,
        },
      },
    ])

  it('is ended once by two sweeps at once, and says why', async () => {
    await fleet.runner('r1', { well: 1 })
    await open('default.gone', { state: 'pending' })
    await fleet.passes(11)
    const ended = await Promise.all([fleet.endStuck(), fleet.endStuck()])
    expect(ended.toSorted((one, other) => one - other)).toEqual([0, 1])
    const result = { code: 'session-gone', sentence: expect.any(String) }
    expect(fleet.actions()).toMatchObject([{ state: 'failed', fields: { result, finishedAt: expect.any(Date) } }])
  })

  it('is left to an owner that is quicker', async () => {
    await fleet.runner('r1', { lost: ['default.lost'] })
    await open('default.lost', { state: 'pending' })
    await fleet.passes(61)
    const facts = await fleet.facts()
    const path = recoveryActionPath('default.lost-restart-000001')
    await fleet.documents.commit([{ kind: 'merge', path, fields: { state: 'running' } }])
    expect(await fleet.endStuck(facts)).toBe(0)
    expect(fleet.actions()).toMatchObject([{ state: 'running' }])
  })
})

it('a sweep of 10,000 sessions that are well reads little', async () => {
  for (let index = 0; index < 20; index++) await fleet.runner(`r${index}`, { well: 500 })
  await fleet.passes(20)
  const { reads } = fleet.documents
  expect(await fleet.sweep()).toBe(0)
  // The facts of the fleet are nearly all of that.
  expect(fleet.documents.reads - reads).toBeLessThan(150)
}, 60_000)
