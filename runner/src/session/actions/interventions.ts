import { OPEN_ACTION_STATES, recoveryActionPath } from '@holdfast/core/operations/recovery-action-document'
import { sessionPath } from '@holdfast/core/session/session-document'
import { HoldfastError } from '@holdfast/core/platform/errors'
import { Append, type Clock, type DocumentStore, type Merge } from '@holdfast/core/platform/ports'
import type { ActionTarget, Reach } from './actions.ts'
import type { ConnectionKeeper } from '../connection/connection-keeper.ts'
import type { Engine } from '../engine.ts'
import type { Entry } from '../journal/group.ts'
import type { Journal } from '../journal/journal.ts'
import type { Approval, Opening } from '../opening.ts'
import type { Quarantine } from '../quarantine/quarantine.ts'
import type { Reconnection } from '../connection/reconnection.ts'

/** What somebody may have done to a session, on the parts of its owner. */
export class Interventions implements ActionTarget {
  readonly #parts

  constructor(parts: {
    sessionId: string
    clock: Clock
    documents: DocumentStore
    journal: Journal
    opening: Opening
    quarantine: Quarantine
    reconnection: Reconnection
    keeper: ConnectionKeeper
    /** Null while there is no state in memory. */
    engine: () => Engine | null
    append: (entry: Entry) => number
    /** Goes on with a state that was put together. */
    adopt: (engine: Engine) => void
  }) {
    this.#parts = parts
  }

  record(writes: () => readonly Merge[]): void {
    this.#parts.append({ writes })
  }

  async isOpen(actionId: string): Promise<boolean> {
    const found = await this.#parts.documents.read(recoveryActionPath(actionId))
    return OPEN_ACTION_STATES.some((state) => state === found?.fields['state'])
  }

  reach(): Reach {
    const { reconnection, keeper } = this.#parts
    return reconnection.isHalted ? 'halted' : keeper.reach
  }

  isLoggedOut(): boolean {
    return this.#parts.engine()?.memory.loggedOut ?? false
  }

  async restart(): Promise<void> {
    const { engine, keeper, opening, quarantine, reconnection } = this.#parts
    quarantine.forgive()
    reconnection.resume(engine()?.memory ?? null)
    opening.hasten()
    await keeper.close(engine())
  }

  async putAside(reason: string): Promise<void> {
    const { append, clock, engine, journal, sessionId } = this.#parts
    const checkpoint = await engine()?.checkpointer.backup()
    if (!checkpoint) throw new HoldfastError('backup-failed', 'There is no state that could be backed up.')
    const putAside = new Append({ reason, at: new Date(clock.now()), checkpoint, records: null })
    const merge: Merge = { kind: 'merge', path: sessionPath(sessionId), fields: { putAside } }
    await journal.whenDurable(append({ writes: () => [merge] }))
  }

  async unlink(): Promise<void> {
    const engine = this.#parts.engine()
    if (!engine) throw new HoldfastError('not-connected', 'The session is not connected.')
    await this.#parts.keeper.unlink(engine)
  }

  async restore(approved: Approval): Promise<string> {
    const { adopt, engine, opening } = this.#parts
    if (engine()) throw new HoldfastError('restore-refused', 'The state is whole: there is nothing to restore.')
    const restored = await opening.restore(approved)
    if (restored) adopt(restored)
    return 'The state was put together from what is left; the session goes on with new keys.'
  }
}
