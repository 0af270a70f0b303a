import { type Fields, type Fleet, now, type World } from '../../support/google-recorder/world.ts'

const POOL = 'run:workerpools/holdfast-runner'
const SESSIONS_OF_A_RUNNER = 10

/** Runners that do what a test says. There is one of each revision that has instances, and it is heard a moment ago. */
export class ScriptedFleet implements Fleet {
  readonly #world: World
  unownedSessions = 0
  /** The revision whose runners end by themselves, and how often they did. */
  sick: { revision: string; ends: number } | null = null
  /** Called at each look. */
  onLook: () => void = () => {}

  constructor(world: World) {
    this.#world = world
    world.fleet = this
  }

  /** The pool's revision that was made last, and the splits that it was given. */
  get pool(): { newest: string; splits: readonly Fields[] } {
    const pool = this.#world.things.get(POOL) as { spec: Fields; status: Fields } | undefined
    if (!pool) throw new Error('There is no pool.')
    return {
      newest: String(pool.status['latestCreatedRevisionName']),
      splits: pool.spec['instanceSplits'] as Fields[],
    }
  }

  /** Changes the pool by hand. */
  change(change: (pool: Fields) => void): void {
    const pool = structuredClone(this.#world.things.get(POOL) ?? {})
    change(pool)
    this.#world.things.set(POOL, pool)
  }

  runners(): readonly Fields[] {
    this.onLook()
    const { newest, splits } = this.pool
    return splits.map(({ revisionName, latestRevision }) => row(latestRevision === true ? newest : String(revisionName)))
  }

  unowned(): number {
    return this.unownedSessions
  }

  log(): readonly Fields[] {
    const { revision, ends } = this.sick ?? { revision: '', ends: 0 }
    const entry = { jsonPayload: { exitCode: 70 }, resource: { labels: { revision_name: revision } } }
    return Array.from({ length: ends }, () => entry)
  }
}

function row(revision: string): Fields {
  const session = { mapValue: { fields: { state: { stringValue: 'CONNECTED' } } } }
  const sessions = Object.fromEntries(Array.from({ length: SESSIONS_OF_A_RUNNER }, (_, number) => [`s${number}`, session]))
  const fields = {
    state: { stringValue: 'active' },
    revision: { stringValue: revision },
    workingSince: { timestampValue: now() },
    deadAfterMs: { integerValue: '12000' },
    sessions: { mapValue: { fields: sessions } },
  }
  return { readTime: now(), document: { name: `runners/of-${revision}`, updateTime: now(), fields } }
}
