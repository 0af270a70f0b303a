import { recoveryActionPath, recoveryActionSchema, type RecoveryAction } from '@holdfast/core/operations/recovery-action-document'
import type { TenantSettings } from '@holdfast/core/operations/tenant-settings'
import { isHoldfastError } from '@holdfast/core/platform/errors'
import { parseUnlessDamaged } from '@holdfast/core/platform/parse'
import { sessionNameOf } from '@holdfast/core/session/ids'
import type { DeviceFate, Purge } from '@holdfast/core/session/session-document'
import type { Dependencies } from '../dependencies.ts'

const DAY_MS = 24 * 60 * 60_000

/** What is known of the two actions that a purge begins with. Null: the session had no device. */
export interface Preparations {
  readonly logout: RecoveryAction | null
  readonly backup: RecoveryAction | null
}

export async function preparationsOf({ documents }: Pick<Dependencies, 'documents'>, purge: Purge): Promise<Preparations> {
  const { actions } = purge
  if (!actions) return { logout: null, backup: null }
  const [logout, backup] = await Promise.all([actions.logout, actions.backup].map((id) => documents.read(recoveryActionPath(id))))
  return { logout: actionIn(logout ?? null), backup: actionIn(backup ?? null) }
}

function actionIn(snapshot: Awaited<ReturnType<Dependencies['documents']['read']>>): RecoveryAction | null {
  const action = snapshot && parseUnlessDamaged(recoveryActionSchema, snapshot)
  return action && !isHoldfastError(action) ? action : null
}

/** Pure. Says how far the purge of a session is, and when nobody can bring anything of it back. */
export function purgeAnswer(
  sessionId: string,
  purge: Purge,
  { logout, backup }: Preparations,
  settings: TenantSettings['purge'],
) {
  const { phase, requestedAt, requestedBy, doneAt, destroyedAt } = purge
  const removalAt = doneAt ?? (phase === 'waiting' ? purge.dueAt : destroyedAt) ?? requestedAt
  return {
    session: sessionNameOf(sessionId),
    phase,
    requestedAt,
    requestedBy,
    /** When its keys are destroyed, or were. */
    removalAt,
    finalAt: finalAt(removalAt, settings, doneAt !== null),
    mayBeTakenBack: mayBeTakenBack(purge),
    device: { fate: fateOf(purge, logout), action: purge.actions?.logout ?? null, sentence: deviceSentence(purge, logout) },
    backup: { action: purge.actions?.backup ?? null, state: backup?.state ?? null },
    sentence: SENTENCES[phase],
  }
}

/** Until the destruction of its keys begins. */
export const mayBeTakenBack = ({ phase, begunAt }: Purge): boolean => phase === 'waiting' && !begunAt

/** Until when a copy of what is removed now may be left. A removal that is not done ends in the next night at the earliest. */
export const finalAt = (removalAt: Date, { finalAfterDays }: TenantSettings['purge'], isDone: boolean): Date =>
  new Date(removalAt.getTime() + (finalAfterDays + (isDone ? 0 : 1)) * DAY_MS)

export function fateOf({ actions, device }: Purge, logout: RecoveryAction | null): DeviceFate {
  if (device) return device
  if (!actions) return 'not-linked'
  if (logout?.state === 'done') return 'unlinked'
  return logout?.state === 'pending' || logout?.state === 'running' ? 'asked' : 'not-reachable'
}

const deviceSentence = (purge: Purge, logout: RecoveryAction | null): string =>
  ({
    'not-linked': 'No phone is linked to it.',
    asked: 'Its runner is to back it up and to unlink it from its phone.',
    unlinked: 'It was unlinked from its phone.',
    'not-reachable':
      'It could not be unlinked from here, because it has no connection. Unlink it on the phone: Settings, Linked devices.',
  })[fateOf(purge, logout)]

const SENTENCES: Record<Purge['phase'], string> = {
  waiting: 'The session is stopped and hidden. Until it is removed it can be taken back, with all that it has stored.',
  removing: 'Its keys are destroyed. What it has stored is being removed, each night until all of it is gone.',
  done: 'All that it had stored is removed. A session that is created under its name begins with nothing, and with a key of its own.',
}
