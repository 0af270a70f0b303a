import { noLongerThan } from '@holdfast/core/platform/deadlines'
import type { Clock } from '@holdfast/core/platform/ports'
import type { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent } from './events/session-event.ts'
import type { Entry } from './journal/group.ts'
import type { Journal } from './journal/journal.ts'

/** A leaving runner has 8 s in all (Cloud Run kills after 10). */
const FINISH_SENDING_MS = 2000
const FINISH_WRITING_MS = 1000
const CHECKPOINT_MS = 2000

/**
 * Gives a session up in order: what is on its way may arrive, the connection closes, the state is saved, and a record says that
 * nobody owns the session any more. Resolves when that is in Firestore; rejects when the journal ended before.
 */
export async function releaseSession(options: {
  journal: Journal
  engine: Engine | null
  keeper: ConnectionKeeper
  clock: Clock
  append: (entry: Entry) => number
  released: SessionEvent
}): Promise<void> {
  const { journal, engine, keeper, clock, append, released } = options
  await Promise.all([
    engine?.outbox.stop(FINISH_SENDING_MS),
    engine && noLongerThan(clock, FINISH_SENDING_MS, engine.told.stop()),
  ])
  // What was received until now may be receipted as soon as it is durable.
  await noLongerThan(clock, FINISH_WRITING_MS, journal.whenDurable())
  await keeper.close(engine)
  if (engine && engine.state.unsavedChanges > 0) await noLongerThan(clock, CHECKPOINT_MS, engine.checkpointer.run())
  const { promise: written, resolve: onWritten, reject } = Promise.withResolvers<void>()
  written.catch(() => {})
  const onRefused = () => reject(new Error('Firestore refused the release.'))
  await journal.whenDurable(append({ kind: 'release', events: [released], onWritten, onRefused, onEnd: reject }))
  await written
}
