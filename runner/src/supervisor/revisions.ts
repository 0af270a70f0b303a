/** A runner as the others see it when they decide who goes first. */
export interface RevisionRunner {
  readonly id: string
  /** Of Cloud Run. Empty elsewhere, and on runners of an earlier version. */
  readonly revision: string
  /** When its document was made, by Firestore's clock, in microseconds. */
  readonly createdAtMicros: number
  readonly isAlive: boolean
  /** Whether it takes further sessions. */
  readonly hasRoom: boolean
}

/** Who tries to take a session first. */
export interface Order {
  /** True: a runner of a newer revision has room, and this runner leaves it a moment to take the session. */
  readonly waits: boolean
  /** The living runners that try at the same time as this one, itself among them. They go by their ranks. */
  readonly peers: readonly string[]
}

/**
 * Decides whether this runner lets those of a newer revision go first. While a new revision replaces an old one, a session that goes to
 * another old runner would soon have to move again. Whoever waits takes the session nevertheless when nobody else has, so that a wrong
 * decision delays a session by a moment and leaves none alone.
 *
 * A revision is newer when its first document was made later, by Firestore's clock. Documents of dead processes count as long as they
 * are there, so that a restart does not make an old revision a new one. Names are not compared: Cloud Run promises no order of them,
 * and after a roll-back the older name is where the sessions have to go.
 */
export function orderOf(ownId: string, runners: readonly RevisionRunner[]): Order {
  const alive = runners.filter(({ isAlive }) => isAlive)
  const own = runners.find(({ id }) => id === ownId)?.revision ?? ''
  const began = new Map<string, number>()
  for (const { revision, createdAtMicros } of runners)
    if (revision !== '') began.set(revision, Math.min(createdAtMicros, began.get(revision) ?? Infinity))
  const beganAt = ({ revision }: RevisionRunner): number => began.get(revision) ?? -Infinity
  const newest = Math.max(...alive.filter(({ hasRoom }) => hasRoom).map(beganAt))
  const isNewest = (runner: RevisionRunner): boolean => beganAt(runner) >= newest
  // A runner without a revision knows of no order, and nothing replaces it.
  const waits = own !== '' && (began.get(own) ?? Infinity) < newest
  return { waits, peers: alive.filter((runner) => own === '' || isNewest(runner) !== waits).map(({ id }) => id) }
}
