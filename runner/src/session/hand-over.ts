import type { Deadline, Plan } from '@holdfast/core/platform/deadlines'
import type { ConnectionKeeper } from './connection/connection-keeper.ts'
import type { Engine } from './engine.ts'
import type { SessionEvent } from './events/session-event.ts'
import type { Entry } from './journal/group.ts'
import type { Journal } from './journal/journal.ts'

/** The longest time of a hand-over, whatever hangs. Cloud Run kills a process 10 s after SIGTERM. */
export const HAND_OVER_WITHIN_MS = 8000

/**
 * The plan of a hand-over, ms. Its steps fill the time above. A leaving runner hands over all its sessions in parallel.
 *
 * sending     messages on their way get their acks, and the part of the phone's history that was read is stored
 * writing     received messages become durable, and their receipts leave
 * closing     the connection closes in order
 * checkpoint  the state is saved, so that the next owner has little to replay
 * release     the record states that the session has no owner
 * farewell    kept free for the supervisor, which then removes the runner from the list and closes the stores
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
 * Hands a session over by the plan above. Resolves when the release is in Firestore, even after the deadline, because a late
 * release is better than none. Rejects when the journal ends before.
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
  engine?.resending.stop()
  engine?.incomingMedia.stop()
  if (engine) await timeFor('sending').wait(Promise.all([engine.outbox.stop(), engine.history.stop()]))
  await timeFor('writing').wait(journal.whenDurable())
  await keeper.close(engine, timeFor('closing'))
  if (engine && engine.state.unsavedChanges > 0) await timeFor('checkpoint').wait(engine.checkpointer.run())
  const { promise: written, resolve: onWritten, reject } = Promise.withResolvers<void>()
  written.catch(() => {})
  const onRefused = () => reject(new Error('Firestore refused the release.'))
  await journal.whenDurable(append({ kind: 'release', events: [released], onWritten, onRefused, onEnd: reject }))
  await written
}
