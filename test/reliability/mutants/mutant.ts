/** The invariants of docs/GUARANTEES.md; `beside` stands for its other promises. */
export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11', 'beside'] as const

export type Invariant = (typeof INVARIANTS)[number]

/**
 * One change of the product's source. It names a declaration, never a file, and fits exactly one place of it. Moving the code or
 * editing another statement breaks no edit.
 */
export type Edit = Place & (NewValue | NewCall | DroppedStatement | NewCondition | NewText)

export interface Place {
  /**
   * A path of names (`Gate.#hold.position`): a class, function or constant at the top of any source file of the product, then
   * members and names inside them. `gate.ts:Gate` selects one of several files that declare the same name.
   */
  readonly in: string
}

/** The place is a constant, variable, property or function: its initializer or body becomes this code. */
export interface NewValue {
  readonly value: string
}

/** `$&` in `becomes` is the call itself, `$1` its first argument, `$*` all of them. */
export interface NewCall {
  /** The name of the called function, with or without its object: `relay` finds `connection.relay(…)`. */
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

/** Replaces a text. Use it as the last resort, because any edit of that text breaks the mutant. */
export interface NewText {
  readonly find: string
  readonly replace: string
}

/** One deliberate fault. It exists only during a test run, in the source that this run loads. */
export interface Mutant {
  readonly name: string
  readonly invariant: Invariant
  /** The fault, for readers of the list. */
  readonly what: string
  readonly edits: readonly Edit[]
  /** The tests that have to fail. */
  readonly noticedBy: Witness
}

/** Tests of one file. */
export interface Witness {
  readonly file: string
  /** A part of the full names of the tests to run. A full name is the names of the groups and of the test. */
  readonly tests: string
}
