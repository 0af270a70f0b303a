import { FLEET_SCOPE, HEALTH, runnerScope } from '@holdfast/core/operations/health-document'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import type { Dependencies } from '../dependencies.ts'
import type { HealthCheck } from '../health.ts'
import { fleetRunner } from '../health/fleet-answer.ts'
import { runnerSummaries } from '../runner-answer.ts'
import type { Source, Tell } from './feed.ts'
import type { RunnerDocuments } from './runner-documents.ts'
import { watch } from './watch.ts'

type Needed = Pick<Dependencies, 'documents' | 'clock' | 'logger'>

/** Heartbeats of many runners are shown together. */
const SHOWS_EVERY_MS = 1000

/** Tells the operator of the runners, as GET /api/fleet lists them. */
export function runnerSource(dependencies: Needed, runners: RunnerDocuments, tell: Tell): Source {
  const health = new Map<string, DocumentSnapshot>()
  const told = new Map<string, string>()
  let isDue = false
  let isClosed = false
  const say = (id: string, data: unknown): void =>
    tell({ kind: 'runner', id: `runner ${id}`, data, isFor: ({ role }) => role === 'operator' })
  const show = (): void => {
    isDue = false
    const here = runnerSummaries(runners.all.map(withoutSessions))
    for (const summary of here) {
      const runner = fleetRunner(summary, health.get(runnerScope(summary.answer.id))?.fields)
      const seen = JSON.stringify({ ...runner, silentForMs: 0 })
      if (told.get(runner.id) === seen) continue
      told.set(runner.id, seen)
      say(runner.id, runner)
    }
    const ids = new Set(here.map(({ answer }) => answer.id))
    for (const id of told.keys()) if (!ids.has(id) && told.delete(id)) say(id, { id, gone: true })
  }
  const hear = (): void => {
    isDue = true
  }
  const healthOf = watch(dependencies, {
    query: { collection: HEALTH, orderBy: ['id', 'asc'], startAfter: runnerScope(''), endAt: runnerScope('\uF8FF') },
    changed: (snapshot) => {
      health.set(snapshot.id, snapshot)
      hear()
    },
    removed: (id) => health.delete(id),
  })
  const opened = Promise.all([runners.opened, healthOf.opened]).then(() => {
    if (isClosed) return
    runners.hearers.add(hear)
    show()
  })
  const endShowing = dependencies.clock.every(SHOWS_EVERY_MS, () => isDue && show(), 'keep-alive')
  return {
    opened,
    close: () => {
      isClosed = true
      endShowing()
      runners.hearers.delete(hear)
      healthOf.close()
    },
  }
}

/** A heartbeat with its figures alone, where it has them. The list of sessions is the largest part by far. */
function withoutSessions(snapshot: DocumentSnapshot): DocumentSnapshot {
  const { sessions: _, ...fields } = snapshot.fields
  return fields['states'] === undefined ? snapshot : { ...snapshot, fields }
}

/** What the schedule of each minute does not see is measured so often. */
const MEASURES_EVERY_MS = 10_000

/** A look at the installation serves everybody for a second, so that the first one after a change may be older than the change. */
const ONE_LOOK_MS = 1100

/** Tells the health of the installation, as GET /health shows it. */
export function healthSource(dependencies: Needed, { check, tell }: { check: HealthCheck; tell: Tell }): Source {
  const { clock, logger } = dependencies
  let last = ''
  let isClosed = false
  const measure = async (): Promise<void> => {
    const health = await check.health()
    const { uptime: _, resources: __, runners, ...rest } = health
    const seen = JSON.stringify([rest, runners?.map(({ id, state }) => [id, state])])
    if (seen === last || isClosed) return
    last = seen
    tell({ kind: 'health', id: 'health', data: health, isFor: () => true })
  }
  const again = (): void =>
    void measure().catch((error: unknown) => logger.warn({ error }, 'The health could not be measured for the events.'))
  let cancel: () => void = () => {}
  const changed = (): void => {
    again()
    cancel()
    cancel = clock.after(ONE_LOOK_MS, again, 'keep-alive')
  }
  const fleet = watch(dependencies, {
    query: { collection: HEALTH, where: [['scope', '==', FLEET_SCOPE]] },
    changed,
    removed: changed,
  })
  const endMeasuring = clock.every(MEASURES_EVERY_MS, again, 'keep-alive')
  return {
    opened: fleet.opened.then(measure),
    close: () => {
      isClosed = true
      endMeasuring()
      cancel()
      fleet.close()
    },
  }
}
