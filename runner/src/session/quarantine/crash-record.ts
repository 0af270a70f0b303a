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
 *
 * A quarantine ends by itself: after a pause the session has one more trial, on a runner without other sessions where there is one. If
 * that fails, the next pause is longer.
 */
export interface CrashPolicy {
  /** The number of short lives in a row that makes a suspect (`CRASH_LOOP_AFTER`). */
  readonly suspectAfter: number
  /** The time that a connection must hold to show that its session does not crash the runner (`CRASH_FREE_MS`). */
  readonly stableMs: number
  /** The pauses after convictions in a row before the next trial (`QUARANTINE_PAUSES_MS`). The last one repeats. */
  readonly pausesMs: readonly number[]
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export const DEFAULT_CRASH_POLICY: CrashPolicy = {
  suspectAfter: 5,
  stableMs: 10_000,
  pausesMs: [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS],
}

/**
 * The failed trials that quarantine a session. Three, because the third delivery of a stanza that
 * crashed two owners parks it unread.
 */
const FAILED_TRIALS = 3

export const NO_CRASHES: CrashRecord = { shortLives: 0, failedTrials: 0, onTrial: false }

/** A claim, as the crash record sees it. */
interface ClaimSeen {
  readonly session: Pick<SessionDocument, 'crashes' | 'runnerId'>
  readonly claimant: string
  /** Whether the last owner released the session. */
  readonly endedInOrder: boolean
  /** By the claimant's clock. */
  readonly nowMs: number
  readonly pausesMs: readonly number[]
}

/** Returns the crash record after a claim. */
export function atClaim({ session: { crashes, runnerId }, claimant, endedInOrder, nowMs, pausesMs }: ClaimSeen): CrashRecord {
  // The session had no owner, or the same process gave it up: no process has crashed.
  const isCrash = !endedInOrder && runnerId !== null && runnerId !== claimant
  const failsTrial = isCrash && crashes.onTrial
  const record = {
    ...crashes,
    shortLives: crashes.shortLives + (isCrash ? 1 : 0),
    failedTrials: crashes.failedTrials + (failsTrial ? 1 : 0),
    onTrial: false,
  }
  // An earlier version convicted without saying when the next trial is.
  if (!mustQuarantine(record) || (!failsTrial && record.nextTrialAt)) return record
  const convictions = record.convictions ?? 0
  const pauseMs = pausesMs[Math.min(convictions, pausesMs.length - 1)] ?? 0
  return { ...record, convictions: convictions + 1, nextTrialAt: new Date(nowMs + pauseMs) }
}

export const isSuspect = ({ shortLives }: CrashRecord, { suspectAfter }: CrashPolicy): boolean => shortLives >= suspectAfter

/** When a quarantined session is tried again, ms. */
export const nextTrialMs = ({ nextTrialAt }: CrashRecord): number => nextTrialAt?.getTime() ?? Number.POSITIVE_INFINITY

export const mustQuarantine = ({ failedTrials }: CrashRecord): boolean => failedTrials >= FAILED_TRIALS
