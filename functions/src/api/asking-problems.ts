import type { ProblemCode } from '../app/problems.ts'

/** The problems of routes that ask the owner of a session. */
export const ASKING_PROBLEMS: readonly ProblemCode[] = [
  'unknown-session',
  'session-not-working',
  'invalid-chat',
  'unknown-there',
  'refused-there',
  'not-possible',
  'session-busy',
  'session-failed',
  'no-answer',
]
