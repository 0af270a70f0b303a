import { pairingPlace } from '@holdfast/core/session/session-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { cipherOf, findSession, ownerOf, parseSession } from './find-session.ts'
import { Refusal } from './refusal.ts'
import { type SessionAnswer, sessionAnswer } from './session-answer.ts'

/**
 * Returns the content of the QR code that a phone can scan now.
 *
 * @throws Refusal `unknown-session`, or `no-qr-code` with what to do instead
 */
export async function pairingCode(
  { documents, wrappingKey, clock }: Pick<Dependencies, 'documents' | 'wrappingKey' | 'clock'>,
  principal: Principal,
  name: string,
): Promise<{ readonly value: string; readonly expiresAt: Date }> {
  const { id, snapshot } = await findSession(documents, principal, name)
  const { pairing } = parseSession(snapshot)
  const session = sessionAnswer(snapshot, await ownerOf(documents, snapshot))
  if (session.status !== 'SCAN_QR_CODE' || !pairing || pairing.expiresAt.getTime() <= clock.now()) throw noQrCode(session)
  const cipher = await cipherOf(documents, id, wrappingKey)
  return { value: cipher.openContent(pairing.qr, pairingPlace(id)).toString('utf8'), expiresAt: pairing.expiresAt }
}

/** Says what to do: repeat the request in a second when the runner prepares a code, something else when no code will come. */
function noQrCode({ name, status, state, wanted, sentence, userAction }: SessionAnswer): Refusal {
  const stateOfSession = [`The session is ${state}: ${sentence}`, userAction].filter(Boolean).join(' ')
  if (status === 'WORKING') return new Refusal('no-qr-code', 'The session is linked and connected; it needs no QR code.')
  if (status === 'FAILED') return new Refusal('no-qr-code', stateOfSession)
  if (wanted === 'offline') {
    return new Refusal('no-qr-code', `The session is stopped. Start it: POST /api/sessions/${name}/start.`)
  }
  return new Refusal('no-qr-code', `${stateOfSession} Try again in a second.`, 1)
}
