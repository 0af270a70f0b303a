import type { CrashRecord, SessionDocument } from '@holdfast/core/session/session-document'

/**
 * The limits that find the session that brings its runner down. A process that dies takes all its sessions with it, so that a
 * crash alone accuses no single session.
 *
 * A *short life* is an ownership that ends without a release, before a connection of the session held for `stableMs`. After
 * `suspectAfter` short lives in a row a session is a *suspect*: it is opened and connected only in the one trial slot of a
 * runner, without any other suspect, and the trial is recorded before any state of the session is read. A suspect whose
 * connection holds for `stableMs` is acquitted. A suspect that waits for `stableMs` without a connection leaves the slot to
 * others, and needs it again to connect. An owner that dies during a trial leaves the record, and the next claim counts a failed
 * trial. After `FAILED_TRIALS` of them the session is quarantined; innocent sessions pass their trials and continue.
 */
export interface CrashPolicy {
  /** The number of short lives in a row that makes a suspect (`CRASH_LOOP_AFTER`). */
  readonly suspectAfter: number
  /** The time that a connection must hold to show that its session does not crash the runner (`CRASH_FREE_MS`). */
  readonly stableMs: number
}

export const DEFAULT_CRASH_POLICY: CrashPolicy = { suspectAfter: 5, stableMs: 10_000 }

/**
 * The failed trials that quarantine a session. Three, because the third delivery of a stanza that
 * crashed two owners parks it unread.
 */
const FAILED_TRIALS = 3

export const NO_CRASHES: CrashRecord = { shortLives: 0, failedTrials: 0, onTrial: false }

/** Returns the crash record after a claim, which knows whether the last ownership ended in order. */
export function atClaim({ crashes, runnerId }: SessionDocument, claimant: string, endedInOrder: boolean): CrashRecord {
  // The session had no owner, or the same process gave it up: no process has crashed.
  if (endedInOrder || runnerId === null || runnerId === claimant) return { ...crashes, onTrial: false }
  return {
    shortLives: crashes.shortLives + 1,
    failedTrials: crashes.failedTrials + (crashes.onTrial ? 1 : 0),
    onTrial: false,
  }
}

export const isSuspect = ({ shortLives }: CrashRecord, { suspectAfter }: CrashPolicy): boolean => shortLives >= suspectAfter

export const mustQuarantine = ({ failedTrials }: CrashRecord): boolean => failedTrials >= FAILED_TRIALS
