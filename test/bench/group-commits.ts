import { startFirestore } from '../support/firestore-under-test.ts'
import { SessionUnderTest } from '../support/engine/session-under-test.ts'
import { percentiles, type Percentiles } from './statistics.ts'

/** Measures the latency of single commits, each with one record of the size of a message and one document write. */
export async function measureGroupCommits(count: number): Promise<Percentiles> {
  await using firestore = await startFirestore()
  const session = await new SessionUnderTest(firestore.clients.documents).create()
  const journal = session.journal(await session.claim('bench'), 'bench')
  const mutation = { keys: { session: { '5511900000000.0': 'x'.repeat(1500) } } }
  const append = () =>
    journal.append({
      mutation,
      writes: () => [{ kind: 'merge', path: `bench/${session.sessionId}`, fields: { at: new Date() } }],
    })
  for (let warm = 0; warm < 50; warm++) await journal.whenDurable(append())
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const before = performance.now()
    await journal.whenDurable(append())
    times.push(performance.now() - before)
  }
  return percentiles(times)
}
