/** The invariants of docs/GUARANTEES.md, and what is promised beside them. */
export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'beside'] as const

export type Invariant = (typeof INVARIANTS)[number]

/** A replacement in one source file of the product. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string
  /** Occurs exactly once in the file, so that a mutant cannot rot unseen. */
  readonly find: string
  readonly replace: string
}

/** One deliberate breakage. It exists while a test runs, in that test's copy of the source, and nowhere else. */
export interface Mutant {
  readonly name: string
  readonly invariant: Invariant
  /** What is broken, for whoever reads the list. */
  readonly what: string
  readonly edits: readonly Edit[]
  /** Who is to notice. */
  readonly noticedBy: Witness
}

/** Tests of one file. */
export interface Witness {
  readonly file: string
  /** Part of the full name (of the group, then of the test) of each test that is run. */
  readonly tests: string
}

/** @throws Error when what is to be replaced is not in the source exactly once. */
export function applyEdit(source: string, { file, find, replace }: Edit): string {
  const occurrences = source.split(find).length - 1
  if (occurrences !== 1) throw new Error(`${file} contains ${occurrences} times what a mutant replaces, not once: ${find}`)
  return source.replace(find, () => replace)
}
