import { JOBS, OPEN_JOB_STATUSES } from '@holdfast/core/message/job-document'
import type { Principal } from '../app/principal.ts'
import type { Dependencies } from './dependencies.ts'
import { findSession, parseSession } from './find-session.ts'
import { requestAction } from './recoveries/request-action.ts'
import { sessionStopped } from './recovery-actions.ts'
import { Refusal } from './refusal.ts'
import { showRecords } from './session-records.ts'

type Needed = Pick<Dependencies, 'documents' | 'tenants' | 'limits' | 'clock' | 'logger'>

interface RotationRequest {
  readonly name: string
  /** If false, nothing is changed, and the answer says what would happen. */
  readonly approve: boolean
}

/**
 * Gives a session a new device, because clean-up does not help any more: its owner backs it up, unlinks the old device and asks for a
 * phone. Says first what would happen. What is queued waits for the new device.
 *
 * @throws Refusal `unknown-session`, `session-stopped`, `cannot-recover` when no phone is linked, or `tenant-deleting`
 */
export async function rotateSession(needed: Needed, principal: Principal, { name, approve }: RotationRequest) {
  const { documents, limits, logger } = needed
  const { id: sessionId, snapshot } = await findSession(documents, principal, name)
  const { wanted, state, me } = parseSession(snapshot)
  if (wanted === 'offline') throw sessionStopped(name)
  if (!me && state !== 'LOGGED_OUT') {
    throw new Refusal('cannot-recover', `No phone is linked to "${name}": GET /api/${name}/auth/qr shows its QR code.`)
  }
  const where = [['sessionId', '==', sessionId] as const, ['status', 'in', OPEN_JOB_STATUSES] as const]
  const [waiting, records] = await Promise.all([
    documents.count({ collection: JOBS, where }),
    showRecords(needed, principal, name),
  ])
  const plan = {
    device: me?.id ?? null,
    isConnected: state === 'CONNECTED',
    waiting,
    recommendation: records.known ? records.recommendation : null,
    sentence:
      'The state is backed up, the present device is unlinked from its phone, and the session asks for a phone again, by QR code or pairing ' +
      `code. Until one is linked it neither receives nor sends: ${waiting} messages wait. Received messages, chats and the queue stay. ` +
      'Link the phone of the same account, or they go out from another one.',
  }
  if (!approve) {
    const next = `Nothing was done. To agree: POST /api/sessions/${name}/rotate {"approve": true}.`
    return { outcome: 'planned', body: { approved: false as const, ...plan, next } } as const
  }
  await limits.requireActive(principal.tenant)
  const why = 'A rotation was approved.'
  const action = await requestAction(documents, principal, { sessionId, type: 'rotate', why })
  logger.warn({ action: action.id }, 'The rotation of a session was approved.')
  return { outcome: 'requested', body: { approved: true as const, ...plan, action } } as const
}
