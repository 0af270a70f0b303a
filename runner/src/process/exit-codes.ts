/** What this process ends with. The platform starts another one in any case; the codes are for whoever reads its log. */
export const EXIT = {
  leftInOrder: 0,
  /** It was told to leave and could not within its time: the next owner starts as after a crash. */
  leftInDisorder: 1,
  /** EX_SOFTWARE: an exception that nobody caught. */
  crashed: 70,
  /** EX_TEMPFAIL: it left in order before its memory was used up. */
  memoryAtLimit: 75,
  /** EX_CONFIG. */
  badConfiguration: 78,
} as const
