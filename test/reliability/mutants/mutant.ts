/** The invariants of docs/GUARANTEES.md, and what is promised beside them. */
export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'beside'] as const

export type Invariant = (typeof INVARIANTS)[number]

/**
 * One change of the product's source. It names a declaration, never a file, and fits exactly one place of it. Moving the code or
 * editing another statement breaks no edit.
 */
export type Edit = Place & (NewValue | NewCall | DroppedStatement | NewCondition | NewText)

export interface Place {
  /**
   * A path of names: a class, function or constant at the top of any source file of the product, then members and what is named inside
   * them (`Gate.#hold.position`). `gate.ts:Gate` tells two files apart that declare the same name.
   */
  readonly in: string
}

/** The place is a constant, variable, property or function: its initializer or body becomes this code. */
export interface NewValue {
  readonly value: string
}

/** `$&` in `becomes` is the call itself, `$1` its first argument, `$*` all of them. */
export interface NewCall {
  /** What is called, with or without what it belongs to: `relay` finds `connection.relay(…)`. */
  readonly call: string
  readonly becomes: string
}

export interface DroppedStatement {
  /** The statement calls this, or awaits it. An `if` that holds nothing else goes with it. */
  readonly drop: string
}

export interface NewCondition {
  /** The smallest operand or condition that mentions this. */
  readonly when: string
  readonly becomes: string
}

/** The last resort: any edit of this very text breaks it. */
export interface NewText {
  readonly find: string
  readonly replace: string
}

/** One deliberate breakage. It exists while a test runs, in that test's copy of the source, and nowhere else. */
export interface Mutant {
  readonly name: string
  readonly invariant: Invariant
  /** What is broken, for readers of the list. */
  readonly what: string
  readonly edits: readonly Edit[]
  /** The tests that have to fail. */
  readonly noticedBy: Witness
}

/** Tests of one file. */
export interface Witness {
  readonly file: string
  /** Part of the full name (of the group, then of the test) of each test that is run. */
  readonly tests: string
}
