import type { CrashRecord, SessionDocument } from '@holdfast/core/session/session-document'

/**
 * Which session brings its runner down? A process that ends takes all its sessions with it, so that an end alone accuses nobody.
 *
 * An ownership that ends without a release, before a connection of the session held for `stableMs`, is a short life. After `suspectAfter` of
 * them in a row a session is a *suspect*: it is opened and connected only in a runner's one trial slot, while no other suspect is, and
 * the trial is written down before anything of the session is touched. One whose connection holds for `stableMs` is acquitted; one
 * that waits for so long without one leaves the slot to others, and needs it again to connect. An owner that dies
 * over a trial leaves the mark, and the next claim finds it: that was a failed trial, and after `FAILED_TRIALS` of them the
 * session is quarantined. The others pass their trials and go on.
 */
export interface CrashPolicy {
  /** `CRASH_LOOP_AFTER`: short lives in a row that make a suspect. */
  readonly suspectAfter: number
  /** `CRASH_FREE_MS`: a session whose connection holds for so long is no part of a crash loop. */
  readonly stableMs: number
}

export const DEFAULT_CRASH_POLICY: CrashPolicy = { suspectAfter: 5, stableMs: 10_000 }

/** A stanza whose handling did not end twice is parked unseen the third time, which may be all that was wrong. */
const FAILED_TRIALS = 3

export const NO_CRASHES: CrashRecord = { shortLives: 0, failedTrials: 0, onTrial: false }

/** What a claim makes of the record: it knows whether the last ownership ended in order. */
export function atClaim({ crashes, runnerId }: SessionDocument, claimant: string, endedInOrder: boolean): CrashRecord {
  // Nobody owned it, or the same process did and gave it up: nothing has crashed.
  if (endedInOrder || runnerId === null || runnerId === claimant) return { ...crashes, onTrial: false }
  return {
    shortLives: crashes.shortLives + 1,
    failedTrials: crashes.failedTrials + (crashes.onTrial ? 1 : 0),
    onTrial: false,
  }
}

export const isSuspect = ({ shortLives }: CrashRecord, { suspectAfter }: CrashPolicy): boolean => shortLives >= suspectAfter

export const mustQuarantine = ({ failedTrials }: CrashRecord): boolean => failedTrials >= FAILED_TRIALS
