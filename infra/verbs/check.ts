import type { Answers, LaterRead, Read } from '../resources/resource.ts'

/** Something that cannot be seen from how things are set up: whether they work. Pure, as resources are. */
export interface Check {
  /** What is well when nothing is wrong. */
  readonly name: string
  readonly reads: readonly (Read | LaterRead)[]
  /** What is wrong, null if nothing is. */
  readonly problem: (answers: Answers) => string | null
  /** What is worth knowing when nothing is wrong. */
  readonly found?: (answers: Answers) => string | undefined
  /** What to do about it: a command, or a sentence. */
  readonly mend: string
  /** The same where it depends on what was found. */
  readonly mendOf?: (answers: Answers) => string
}
