import { inParallel } from '@holdfast/core/platform/in-parallel'
import { type Drilled, drill, otherSession } from './run.ts'

/** A case mostly waits for timers of the product. */
const AT_ONCE = 4

export interface Figures {
  readonly cases: number
  /** Sessions that came back by themselves and have everything. */
  readonly lossless: number
  /** Sessions that waited for an operator. */
  readonly waiting: number
  /** Cases of which something should have been otherwise. */
  readonly wrong: number
  /** Messages of sessions that a recipient could not read. */
  readonly undecryptable: number
  readonly newIdentity: number
  /** Records and objects that are gone or changed. */
  readonly deleted: number
}

export const isRight = ({ wrong, undecryptable, newIdentity, deleted }: Drilled): boolean =>
  wrong.length + undecryptable + newIdentity + deleted === 0

/** Runs the cases of these seeds. */
export async function runDrills(
  { seeds, seed }: { readonly seeds: number; readonly seed: number },
  onEnd: (drilled: Drilled) => void,
): Promise<Figures> {
  const other = await otherSession()
  const all: Drilled[] = []
  await inParallel(
    AT_ONCE,
    Array.from({ length: seeds }, (_, index) => seed + index),
    async (each) => {
      const drilled = await drill(each, other).catch((error: unknown) => cutShort(each, error))
      all.push(drilled)
      onEnd(drilled)
    },
  )
  return figuresOf(all)
}

export function figuresOf(all: readonly Drilled[]): Figures {
  const sum = (of: (drilled: Drilled) => number): number => all.reduce((total, drilled) => total + of(drilled), 0)
  return {
    cases: all.length,
    lossless: sum(({ end }) => (end === 'lossless' ? 1 : 0)),
    waiting: sum(({ end }) => (end === 'waiting' ? 1 : 0)),
    wrong: sum(({ wrong }) => (wrong.length > 0 ? 1 : 0)),
    undecryptable: sum(({ undecryptable }) => undecryptable),
    newIdentity: sum(({ newIdentity }) => newIdentity),
    deleted: sum(({ deleted }) => deleted),
  }
}

const cutShort = (seed: number, error: unknown): Drilled => ({
  seed,
  end: null,
  what: [],
  wrong: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  undecryptable: 0,
  newIdentity: 0,
  deleted: 0,
})
