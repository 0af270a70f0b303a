/** Deliveries without success after which a stanza is parked. */
export const ATTEMPTS = 5

/** A trial fails at most three times: the third must find the stanza parked. */
export const BEGUN_AT_MOST = 2

/** Whether a stanza that could not be read is put aside for a person: WhatsApp is not asked for it any more then. */
export const isToPark = ({ attempts, wasParked }: { attempts: number; wasParked: boolean }): boolean =>
  wasParked || attempts >= ATTEMPTS

/**
 * What comes before a new ciphertext is touched. A session is under suspicion when processes died over it: each of its deliveries is
 * counted first, so that the one which ends the process is known, and parked untouched.
 *
 * @param begun deliveries of this ciphertext that were begun and did not come to an end
 */
export function firstStep({ isSuspect, begun }: { isSuspect: boolean; begun: number }): 'decrypt' | 'count' | 'park' {
  if (!isSuspect) return 'decrypt'
  return begun >= BEGUN_AT_MOST ? 'park' : 'count'
}
