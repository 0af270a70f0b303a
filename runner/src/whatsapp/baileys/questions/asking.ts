import { jidNormalizedUser, type WAPatchName, type WASocket } from '@whiskeysockets/baileys'
import type { Clock } from '@holdfast/core/platform/ports'
import { ConnectionEnded } from '../../port.ts'
import { QuestionRefused } from '../../questions.ts'
import type { AppState } from '../receive/app-state.ts'
import type { LidMap } from '../signal/lid-map.ts'

export interface Asking {
  readonly socket: WASocket
  readonly names: LidMap
  readonly clock: Clock
  /** Rejects with `ConnectionEnded` when the connection ends before the work does. */
  readonly whileOpen: <T>(work: Promise<T>) => Promise<T>
  readonly appState: Pick<AppState, 'changing'>
}

/** Asks WhatsApp, and translates what it refuses. */
export async function ask<T>({ whileOpen }: Asking, work: Promise<T>): Promise<T> {
  try {
    return await whileOpen(work)
  } catch (error) {
    throw error instanceof ConnectionEnded ? error : (refusedWith(codeOf(error)) ?? error)
  }
}

/**
 * Changes what the phone syncs to its companions.
 *
 * @throws QuestionRefused `not-possible` while the phone has not shared the key for that
 */
export async function change<T>(asking: Asking, collection: WAPatchName, work: () => Promise<T>): Promise<T> {
  requireAppStateKey(asking)
  return asking.appState.changing(collection, () => ask(asking, work()))
}

/**
 * Refuses a change of what the phone syncs to its companions, while it has not shared the key for that.
 *
 * @throws QuestionRefused `not-possible`
 */
export function requireAppStateKey({ socket }: Asking): void {
  if (socket.authState.creds.myAppStateKeyId !== undefined) return
  throw new QuestionRefused('not-possible', 'The phone has not shared the key for such changes yet. It does when it is online.')
}

/** Baileys puts the code of an answer into the data of its error. */
function codeOf(error: unknown): number | null {
  const { data } = error as { data?: unknown }
  return typeof data === 'number' && Number.isFinite(data) ? data : null
}

function refusedWith(code: number | null): QuestionRefused | null {
  switch (code) {
    case 404:
      return new QuestionRefused('unknown', 'WhatsApp knows no such thing, or does not tell this account of it.', code)
    case 401:
    case 403:
      return new QuestionRefused('refused', 'WhatsApp does not allow it: only a member or an admin may do this.', code)
    case 400:
    case 406:
    case 409:
    case 419:
    case 429:
      return new QuestionRefused('refused', `WhatsApp refused it with the code ${code}.`, code)
    case null:
    default:
      return null
  }
}

/** The account's own JID. */
export function ownJid({ socket }: Asking): string {
  const { me } = socket.authState.creds
  if (!me) throw new Error('This device is not linked.')
  return jidNormalizedUser(me.id)
}
