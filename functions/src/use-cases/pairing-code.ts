import { Deadline } from '@holdfast/core/platform/deadlines'
import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { pairingPlace, type SessionDocument, SESSIONS } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import { askOwner } from './ask-owner.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, ownerOf, parseSession } from './find-session.ts'
import { phoneToLink, shownCode } from './phone-to-link.ts'
import { Refusal } from './refusal.ts'
import { type SessionAnswer, sessionAnswer } from './session-answer.ts'

/** How long a request waits for a session that is about to be linked. */
const WAITS_MS = 3000

type Needed = Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock' | 'logger'>

/**
 * Returns the content of the QR code that a phone can scan now, or soon.
 *
 * @throws Refusal `unknown-session`, or `wrong-status` with what to do instead
 */
export async function qrCode(
  dependencies: Needed,
  principal: Principal,
  name: string,
): Promise<{ readonly value: string; readonly expiresAt: Date }> {
  const { id, pairing } = await untilPairing(dependencies, principal, name)
  const cipher = await cipherOf(dependencies.documents, id, dependencies.wrappingKey)
  return { value: cipher.openContent(pairing.qr, pairingPlace(id)).toString('utf8'), expiresAt: pairing.expiresAt }
}

/**
 * Returns a code that links the session when it is typed into the phone of this number. An earlier code of the session ends with it.
 *
 * @throws Refusal `invalid-phone`; `unknown-session`; `wrong-status` with what to do instead; `refused-there`; `no-answer`
 */
export async function pairingCode(dependencies: Needed, principal: Principal, name: string, given: string): Promise<string> {
  const phone = phoneToLink(given)
  if (phone === null) throw new Refusal('invalid-phone', 'Give the number of the phone with its country code, like 491701234567.')
  await untilPairing(dependencies, principal, name)
  const { code } = await askOwner(dependencies, principal, { session: name, kind: 'pairing-code', args: { phone } })
  return shownCode(code)
}

type Pairing = NonNullable<SessionDocument['pairing']>

/** Waits a little for a session that is not yet where it can be linked. */
async function untilPairing(dependencies: Needed, principal: Principal, name: string): Promise<{ id: string; pairing: Pairing }> {
  const { documents, clock, logger } = dependencies
  const now = () => pairingOf(dependencies, principal, name)
  const first = await now()
  if (first.refusal === undefined) return first
  if (first.refusal.retryAfter === null) throw first.refusal
  const { promise, resolve } = Promise.withResolvers<void>()
  const stop = documents.listen(
    { collection: SESSIONS, where: [['tenant', '==', principal.tenant] as const, ['name', '==', name] as const] },
    (events) => {
      for (const { kind, document } of events) if (kind !== 'removed' && isShown(document, clock.now())) resolve()
    },
    (error) => logger.warn({ error }, 'The listener to a QR code failed.'),
  )
  try {
    await new Deadline(clock, WAITS_MS).wait(promise)
  } finally {
    stop()
  }
  const last = await now()
  if (last.refusal === undefined) return last
  throw last.refusal
}

/** Whether a code is shown. One that is over stays in the document until the next one, for which a caller has to wait. */
function isShown({ fields: { pairing } }: DocumentSnapshot, nowMs: number): boolean {
  const { expiresAt } = (pairing ?? {}) as { expiresAt?: unknown }
  return expiresAt instanceof Date && expiresAt.getTime() > nowMs
}

async function pairingOf({ documents, clock }: Needed, principal: Principal, name: string) {
  const { id, snapshot } = await findSession(documents, principal, name)
  const { pairing } = parseSession(snapshot)
  const session = sessionAnswer(snapshot, await ownerOf(documents, snapshot))
  const isThere = session.status === 'SCAN_QR_CODE' && pairing && pairing.expiresAt.getTime() > clock.now()
  return isThere ? { id, pairing } : { refusal: cannotBeLinked(session) }
}

/** Says what to do: repeat the request in a second when the runner prepares a code, something else when no code will come. */
function cannotBeLinked({ name, status, state, wanted, sentence, userAction }: SessionAnswer): Refusal {
  const stateOfSession = [`The session is ${state}: ${sentence}`, userAction].filter(Boolean).join(' ')
  const refusal = (why: string, retryAfter: number | null = null) =>
    Refusal.ofStatus({ name, status, expected: ['SCAN_QR_CODE'] }, why, { retryAfter })
  if (status === 'WORKING') return refusal('The session is linked and connected; it needs no code.')
  if (status === 'FAILED') return refusal(stateOfSession)
  if (wanted === 'offline') return refusal(`The session is stopped. Start it: POST /api/sessions/${name}/start.`)
  return refusal(`${stateOfSession} Try again in a second.`, 1)
}
