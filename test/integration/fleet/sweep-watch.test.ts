import { alertDocumentSchema } from '@holdfast/core/operations/alert-document'
import { createLogger } from '@holdfast/core/platform/logging'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { readFleetFacts } from '../../../functions/src/use-cases/fleet-facts.ts'
import { writeHealth } from '../../../functions/src/use-cases/health/write-health.ts'
import { SweepWatch } from '../../../runner/src/process/sweep-watch.ts'
import { CountedDocuments } from '../../support/counted-documents.ts'
import { RecordedTasks } from '../../support/recorded-tasks.ts'

const MINUTE_MS = 60_000
const logger = createLogger('test', 'silent')

let documents: CountedDocuments
let tasks: RecordedTasks
const clock = { ...systemClock, now: () => documents.nowMs }
const sweep = async () =>
  writeHealth({ documents, logger, thresholds: { cpu: 70, memory: 75 } }, await readFleetFacts({ documents, logger, clock }))
const runner = () => new SweepWatch({ documents, tasks, logger, clock })

beforeEach(() => {
  documents = new CountedDocuments(Date.now())
  tasks = new RecordedTasks()
})

async function alert() {
  const snapshot = await documents.read('health_alerts/sweep-dead:fleet')
  return snapshot && alertDocumentSchema.parse(snapshot.fields)
}

describe('the runners, while the sweep', () => {
  it('has never run, miss nothing', async () => {
    const watch = runner()
    for (let look = 0; look < 5; look++) await watch.look()
    expect(await alert()).toBeNull()
  })

  it('runs, raise no alert', async () => {
    const watch = runner()
    for (let look = 0; look < 5; look++) {
      await sweep()
      documents.advance(2 * MINUTE_MS)
      await watch.look()
    }
    expect(await alert()).toBeNull()
  })

  it('does not run any more, raise one alert, and it is resolved when the sweep runs again', async () => {
    await sweep()
    const watches = [runner(), runner(), runner()]
    const look = async () => {
      documents.advance(2 * MINUTE_MS)
      for (const watch of watches) await watch.look()
    }
    for (let minute = 0; minute < 6; minute += 2) await look()
    expect(await alert()).toBeNull()
    await look()
    expect(await alert()).toMatchObject({ state: 'open', severity: 'critical', count: 1 })
    expect(tasks.all).toMatchObject([{ queue: 'alerts', payload: { alert: 'sweep-dead:fleet', opening: 1, kind: 'due' } }])
    const { writes } = documents
    for (let minute = 0; minute < 8; minute += 2) await look()
    expect(documents.writes).toBe(writes)
    await look()
    expect(await alert()).toMatchObject({ state: 'open', count: 2 })
    await sweep()
    expect(await alert()).toMatchObject({ state: 'resolved' })
    for (let minute = 0; minute < 4; minute += 2) await look()
    expect(await alert()).toMatchObject({ state: 'resolved' })
  })

  it('and Firestore were away, wait for another look', async () => {
    await sweep()
    documents.advance(10 * MINUTE_MS)
    const watch = runner()
    await watch.look()
    await sweep()
    await watch.look()
    expect(await alert()).toBeNull()
  })
})
