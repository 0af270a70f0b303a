import type { Deadline, Plan } from '@holdfast/core/platform/deadlines'
import type { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent } from './events/session-event.ts'
import type { Entry } from './journal/group.ts'
import type { Journal } from './journal/journal.ts'

/** Cloud Run kills a process 10 s after SIGTERM. A hand-over takes less, whatever hangs. */
export const HAND_OVER_WITHIN_MS = 8000

/**
 * The plan of a hand-over, ms. It fills the time above. A runner that leaves goes through it with all its sessions side by side.
 *
 * sending     messages that are on their way get their acks, and the phone's history is stored as far as it was read
 * writing     what was received until now becomes durable, and the receipts of it leave
 * closing     the connection closes in order
 * checkpoint  the state is saved, so that the next owner has little to replay
 * release     the record says that nobody owns the session any more
 * farewell    the runner takes itself off the list and closes its stores
 */
export const HAND_OVER_PLAN = {
  sending: 2000,
  writing: 1000,
  closing: 1500,
  checkpoint: 2000,
  release: 1000,
  farewell: 500,
} satisfies Plan<string>

/**
 * Gives a session up in order, by the plan above. Resolves when the release is in Firestore, even after the deadline: a release that is
 * late is worth more than none. Rejects when the journal ended before.
 */
export async function releaseSession(options: {
  journal: Journal
  engine: Engine | null
  keeper: ConnectionKeeper
  deadline: Deadline
  append: (entry: Entry) => number
  released: SessionEvent
}): Promise<void> {
  const { journal, engine, keeper, deadline, append, released } = options
  const timeFor = (step: keyof typeof HAND_OVER_PLAN): Deadline => deadline.forStep(HAND_OVER_PLAN, step)
  if (engine) await timeFor('sending').wait(Promise.all([engine.outbox.stop(), engine.told.stop()]))
  await timeFor('writing').wait(journal.whenDurable())
  await keeper.close(engine, timeFor('closing'))
  if (engine && engine.state.unsavedChanges > 0) await timeFor('checkpoint').wait(engine.checkpointer.run())
  const { promise: written, resolve: onWritten, reject } = Promise.withResolvers<void>()
  written.catch(() => {})
  const onRefused = () => reject(new Error('Firestore refused the release.'))
  await journal.whenDurable(append({ kind: 'release', events: [released], onWritten, onRefused, onEnd: reject }))
  await written
}
