import { at, type Fields, listAt, textAt } from './fields.ts'

/** From this number of instances on, a new revision replaces the old one in steps. Fewer are replaced at once. */
const IN_STEPS_FROM = 4

export interface Split {
  readonly revision: string
  readonly percent: number
}

/** How the instances of the pool are divided among its revisions. */
export interface Standing {
  /** The revision that was made last. */
  readonly newest: string
  /** The percentage of instances that are of it. */
  readonly share: number
  /** The revision that most other instances are of, or were before the last step. Null if nobody knows it. */
  readonly old: string | null
  readonly instances: number
  /** True: the instances follow each new revision by themselves, so that no roll-out is under way. */
  readonly followsNewest: boolean
  /** True: `roll` has gone back from the newest revision, and the instances are held at the old one. */
  readonly takenBack: boolean
}

/** The annotation of the pool that names the revision before the newest. The splits name it no more when all instances are of the newest. */
export const REVISION_BEFORE = 'holdfast/revision-before'

/** The annotation of the pool that names the newest revision if a roll-out to it was taken back. A later revision makes it void. */
export const TAKEN_BACK = 'holdfast/taken-back'

export const instancesIn = (pool: unknown): number =>
  Number(textAt(pool, 'metadata', 'annotations', 'run.googleapis.com/manualInstanceCount') ?? 0)

/** Null when there is no pool, or none of its revisions has begun. */
export function standingOf(pool: unknown): Standing | null {
  const newest = textAt(pool, 'status', 'latestCreatedRevisionName')
  if (newest === undefined) return null
  const splits = namedSplits(pool, newest)
  const others = splits.filter(({ revision }) => revision !== newest).toSorted((one, other) => other.percent - one.percent)
  const share = splits.reduce((sum, { revision, percent }) => sum + (revision === newest ? percent : 0), 0)
  const followsNewest =
    splits.length === 0 ||
    listAt(pool, 'spec', 'instanceSplits').some((split) => followsLatest(split) && split['percent'] === 100)
  const before = textAt(pool, 'metadata', 'annotations', REVISION_BEFORE)
  return {
    newest,
    share: followsNewest ? 100 : share,
    old: others[0]?.revision ?? (before === newest ? null : (before ?? null)),
    instances: instancesIn(pool),
    followsNewest,
    takenBack: !followsNewest && share === 0 && textAt(pool, 'metadata', 'annotations', TAKEN_BACK) === newest,
  }
}

const followsLatest = (split: Fields): boolean => split['latestRevision'] === true

/** The splits by names. One that follows the latest revision means `latest`. */
function namedSplits(pool: unknown, latest: string): readonly Split[] {
  return listAt(pool, 'spec', 'instanceSplits').flatMap((split) => {
    const revision = followsLatest(split) ? latest : textAt(split, 'revisionName')
    const percent = Number(split['percent'] ?? 0)
    return revision === undefined || percent === 0 ? [] : [{ revision, percent }]
  })
}

/** Lets the instances follow each new revision. */
export const FOLLOW_NEWEST = [{ latestRevision: true, percent: 100 }]

/** The splits of a pool that is about to get a new revision. In a large fleet the new one begins without instances. */
export function splitsBeforeChange(pool: unknown): unknown {
  const works = textAt(pool, 'status', 'latestReadyRevisionName')
  if (instancesIn(pool) < IN_STEPS_FROM || works === undefined) return at(pool, 'spec', 'instanceSplits')
  const named = namedSplits(pool, works)
  return named.length === 0 ? [{ revisionName: works, percent: 100 }] : named.map(splitOf)
}

/** The revision of most instances of a pool that is about to get a new one. Undefined when none works. */
export function revisionBeforeChange(pool: unknown): string | undefined {
  const works = textAt(pool, 'status', 'latestReadyRevisionName')
  if (works === undefined) return undefined
  const [most] = namedSplits(pool, works).toSorted((one, other) => other.percent - one.percent)
  return most?.revision ?? works
}

const splitOf = ({ revision, percent }: Split) => ({ revisionName: revision, percent })

/** Gives a percentage of the instances to the newest revision, and the others to the old one. */
export function splitsAt({ newest, old }: Pick<Standing, 'newest' | 'old'>, share: number): readonly object[] {
  const parts = [
    { revision: newest, percent: share },
    { revision: old ?? newest, percent: 100 - share },
  ]
  return parts.filter(({ percent }) => percent > 0).map(splitOf)
}

const STEPS = [10, 50, 100]

/** The next percentage of a roll-out. The first step is of one instance at least. */
export function stepAfter({ share, instances }: Pick<Standing, 'share' | 'instances'>): number {
  const first = Math.max(STEPS[0] ?? 0, Math.ceil(100 / Math.max(1, instances)))
  return [first, ...STEPS.filter((step) => step > first)].find((step) => step > share) ?? 100
}

/** Tells how it stands, for people. */
export const standingLine = ({ newest, share, old, followsNewest }: Standing): string =>
  followsNewest
    ? `All instances are of ${newest}, the newest revision.`
    : `${share} % of the instances are of ${newest}, the newest revision${old === null || share === 100 ? '' : `, ${100 - share} % of ${old}`}.`

/** How a roll-out that stands half way goes on, for people. */
export const wayOn = ({ newest, old, takenBack }: Standing): string =>
  takenBack
    ? `The instances are held at ${old ?? 'the old revision'} by a step back. The way on is a mended version, \`npm run infra -- apply\`, then \`npm run infra -- roll\`. ` +
      `Without a mended version, \`roll\` goes on with ${newest} all the same.`
    : '`npm run infra -- roll` goes on with it.'
