import { SERVER_TIME } from '@holdfast/core/platform/ports'
import { sessionIdOf } from '@holdfast/core/session/ids'
import { sessionPath, type SessionDocument } from '@holdfast/core/session/session-document'
import { deviceFiles, type DeviceFile } from '../whatsapp/baileys/moving/device-files.ts'
import { allTakenBack } from '../whatsapp/baileys/moving/archived-entries.ts'
import { MOVED_KINDS } from '../whatsapp/baileys/moving/entry-names.ts'
import { prepareFolder, writeFiles } from './files.ts'
import { isAlive, type MovingOwner, type MovingStores, ownSession, sessionOf } from './new-owner.ts'
import { refused } from './refused.ts'

/** How long a runner may take to let the session go. Its hand-over takes 8 s at most. */
const RELEASED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 500

export interface Departure {
  readonly tenant: string
  readonly name: string
  readonly folder: string
  /** Whether a session may be exported that was exported before. */
  readonly again: boolean
}

/**
 * Stops a session and writes its state as a folder that Baileys reads. The session says that it was exported before the first file is
 * there, and no runner opens it until a start confirms that the other program is stopped.
 *
 * @returns the numbers of entries by kind
 * @throws HoldfastError `cannot-move`, damage of the state, and the errors of the stores
 */
export async function moveOut(stores: MovingStores, { tenant, name, folder, again }: Departure): Promise<Record<string, number>> {
  const sessionId = sessionIdOf(tenant, name)
  const { documents } = stores
  const session = await sessionOf(documents, sessionId)
  if (session.moved?.phase === 'arriving') throw refused('The session is being moved in. Finish that first.')
  // A program that used the first export has gone on with the keys: a second copy would be an old one.
  if (session.moved?.phase === 'exported' && !again)
    throw refused('The session was exported already. If no program has used that export, remove it, and add --again.')
  await prepareFolder(folder)
  await stop(stores, sessionId)
  const mayClaim = (found: SessionDocument): boolean => found.wanted === 'offline'
  const owner = await ownSession(stores, sessionId, mayClaim)
  const files = await filesOf(owner).catch(async (error: unknown) => {
    await owner.release('requested', {})
    throw error
  })
  const moved = { phase: 'exported', at: SERVER_TIME }
  const handedOut = { kind: 'merge' as const, path: sessionPath(sessionId), fields: { moved, wanted: 'offline' } }
  const { journal } = owner.state
  await journal.whenDurable(owner.state.append({ writes: () => [handedOut] }))
  await journal.whenShown()
  try {
    await writeFiles(folder, files)
  } catch (error) {
    // No file is left, so nobody else has the keys.
    await owner.release('requested', { moved: session.moved })
    throw error
  }
  await owner.release('exported', { moved, wanted: 'offline' })
  return Object.fromEntries(MOVED_KINDS.map((kind) => [kind, owner.state.image.count(kind)]))
}

async function filesOf({ state, archived }: Pick<MovingOwner, 'state' | 'archived'>): Promise<DeviceFile[]> {
  const { image } = state
  if (image.get('meta', 'loggedOut') !== undefined)
    throw refused('The phone has unlinked the session. Nobody can use its keys any more.')
  const keys = await allTakenBack(image, archived, new AbortController().signal)
  if (Object.keys(keys).length > 0) await state.journal.whenDurable(state.change({ keys }))
  const files = deviceFiles(image)
  if (!files) throw refused('No phone has linked the session yet. There is nothing to export.')
  return files
}

/** Asks the owner to let the session go, and waits for that. An owner that is dead is not waited for. */
async function stop({ documents, clock }: MovingStores, sessionId: string): Promise<void> {
  await documents.commit([{ kind: 'update', path: sessionPath(sessionId), fields: { wanted: 'offline' } }])
  const endsAtMs = clock.monotonic() + RELEASED_WITHIN_MS
  for (;;) {
    const { runnerId } = await sessionOf(documents, sessionId)
    if (runnerId === null || !(await isAlive(documents, runnerId))) return
    if (clock.monotonic() > endsAtMs)
      throw refused('The runner has not let the session go within a minute. Try again, or stop the runner.')
    await clock.sleep(LOOK_EVERY_MS, 'move')
  }
}
