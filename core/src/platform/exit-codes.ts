/** Exit codes, for readers of the log. The platform starts another process in any case. */
export const EXIT = {
  leftInOrder: 0,
  /** The hand-over did not finish in time: the next owner starts as after a crash. */
  leftInDisorder: 1,
  /** EX_SOFTWARE: an uncaught exception. */
  crashed: 70,
  /** A crash drill, where the process cannot kill itself. */
  crashDrill: 71,
  /** EX_TEMPFAIL: left in order before the memory was used up. */
  memoryAtLimit: 75,
  /** EX_CONFIG. */
  badConfiguration: 78,
} as const
