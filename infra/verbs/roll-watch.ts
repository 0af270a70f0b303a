import { answersFor, Look } from '../google/look.ts'
import type { Reader } from '../google/look.ts'
import { at, isFields, listAt, textAt } from '../resources/fields.ts'
import {
  countIn,
  helplessRead,
  type RunnerRow,
  runnerRows,
  runnersRead,
  troubleIn,
  troubleRead,
  unownedRead,
} from '../resources/fleet.ts'
import type { Target } from '../resources/target.ts'
import { poolRead } from '../resources/runner-platform.ts'
import type { Observations, ObservedRunner } from './roll-gate.ts'

/** States of sessions that have an owner and no connection yet. */
const CONNECTING = new Set(['CLAIMING', 'RESTORING', 'CONNECTING', 'BACKOFF', 'MUTED'])

/** Looks at a step of a roll-out again and again. Each look is one moment. */
export class RollWatch {
  readonly #target
  readonly #reader
  readonly #newest
  readonly #now
  #beganAt: number | null = null
  /** When the watch began, by Firestore's clock. */
  #since: string | null = null
  #unownedSince: number | null = null

  constructor(options: { target: Target; reader: Reader; newest: string; now: () => number }) {
    this.#target = options.target
    this.#reader = options.reader
    this.#newest = options.newest
    this.#now = options.now
  }

  /** @throws GoogleError when something could not be read */
  async look(): Promise<Observations> {
    const target = this.#target
    const now = this.#now()
    this.#beganAt ??= now
    const reads = [poolRead(target), runnersRead(target), unownedRead(target), helplessRead(target)]
    const look = new Look(this.#reader)
    const [pool, runners, unownedAnswer, helpless] = await answersFor({ reads }, look)
    const rows = runnerRows(runners)
    this.#since ??= rows[0]?.readTime ?? timeIn(runners)
    const trouble = this.#since === null ? null : await look.read(troubleRead(target, this.#since))
    const unowned = Math.max(0, countIn(unownedAnswer) - countIn(helpless))
    this.#unownedSince = unowned === 0 ? null : (this.#unownedSince ?? now)
    return {
      newest: this.#newest,
      elapsedMs: now - this.#beganAt,
      runners: rows.map(observed),
      unowned,
      unownedForMs: this.#unownedSince === null ? 0 : now - this.#unownedSince,
      ...troubleIn(trouble, this.#newest),
      complaint: complaintIn(pool),
    }
  }
}

/** A query without rows tells the time, too. */
const timeIn = (answer: unknown): string | null => (Array.isArray(answer) ? (textAt(answer[0], 'readTime') ?? null) : null)

function observed({ silentForMs, fields }: RunnerRow): ObservedRunner {
  const sessions = fields['sessions']
  const states = isFields(sessions) ? Object.values(sessions).map((session) => textAt(session, 'state') ?? '') : []
  return {
    revision: textAt(fields, 'revision') ?? '',
    silentForMs,
    deadAfterMs: Number(fields['deadAfterMs']),
    isAtWork: fields['state'] === 'active' && fields['workingSince'] !== null,
    shortLives: Number(fields['shortLives'] ?? 0),
    sessions: states.length,
    connecting: states.filter((state) => CONNECTING.has(state)).length,
  }
}

/** `Unknown` means that it is on its way. */
function complaintIn(pool: unknown): string | null {
  const ready = listAt(pool, 'status', 'conditions').find(({ type }) => type === 'Ready')
  return at(ready, 'status') === 'False' ? (textAt(ready, 'message') ?? 'the pool is not ready') : null
}
