/** What the command ends with. docs/CLI.md tells of each. */
export const EXIT = {
  ok: 0,
  /** What was asked for did not come about. */
  failed: 1,
  /** The command line is wrong, or lacks a consent. */
  usage: 2,
  /** The API refuses it: no such session, not allowed, not now. The same request again gets the same answer. */
  refused: 3,
  /** No answer, or one that says that the API is away or busy. The same request may succeed later. */
  away: 4,
  /** The shell's number for a program that was ended by Ctrl-C. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
