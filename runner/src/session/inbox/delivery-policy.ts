/** The number of failed deliveries after which a stanza is parked. */
export const ATTEMPTS = 5

/**
 * The most deliveries of a stanza that may crash an owner. A session has three trials, and the third must find the stanza parked.
 */
export const BEGUN_AT_MOST = 2

/** Whether an unreadable stanza is parked for a person to look at. WhatsApp is then not asked for it again. */
export const isToPark = ({ attempts, wasParked }: { attempts: number; wasParked: boolean }): boolean =>
  wasParked || attempts >= ATTEMPTS

/**
 * Decides the first step for a new ciphertext. A session is suspected when owners died while they held it. Its deliveries are
 * counted before they are decrypted, so that a delivery that ends the process is found, and parked without decryption.
 *
 * @param begun the number of deliveries of this ciphertext that started and did not finish
 */
export function firstStep({ isSuspect, begun }: { isSuspect: boolean; begun: number }): 'decrypt' | 'count' | 'park' {
  if (!isSuspect) return 'decrypt'
  return begun >= BEGUN_AT_MOST ? 'park' : 'count'
}
