import { type HoldfastError, isDamage, isKeyTrouble } from '../platform/errors.ts'
import type { ObjectStore } from '../platform/ports.ts'
import type { SessionCipher } from '../security/envelope.ts'
import type { CheckpointPointer, SessionDocument } from '../session/session-document.ts'
import { readCheckpoint } from './checkpoint.ts'
import type { ReadableJournals } from './journal-store.ts'
import { loadState } from './load.ts'

/** What reading a backup back has shown. `code` says why it failed; null when it is good. */
export interface BackupCheck {
  readonly state: 'good' | 'failed'
  readonly code: HoldfastError['code'] | 'no-credentials' | 'contents-differ' | null
}

export interface CheckedBackup {
  readonly pointer: CheckpointPointer
  /** The number of values of each kind that it is known to have. Null when nobody wrote them down. */
  readonly contents: Readonly<Record<string, number>> | null
}

type JournalReach = Pick<SessionDocument, 'trimmedTo' | 'journalHead' | 'previousCheckpoint'>

interface CheckOptions {
  readonly journals: ReadableJournals
  readonly objects: ObjectStore
  readonly cipher: SessionCipher
  readonly backup: CheckedBackup
  /** Reads the session's document as it is now. Null when it is gone. */
  readonly session: () => Promise<JournalReach | null>
}

/**
 * Proves a backup: reads it back, compares its hash, decrypts it, and replays in memory the records after it that are still there. Changes
 * nothing; an owner may be at work meanwhile.
 *
 * @throws the stores' errors when they do not answer, and `unknown-version` when a later program wrote it. That is no damage.
 */
export async function checkBackup(options: CheckOptions): Promise<BackupCheck> {
  const { objects, cipher, backup } = options
  try {
    const { image } = await readCheckpoint(objects, cipher, backup.pointer)
    if (image.creds === null) return failed('no-credentials')
    if (backup.contents && !isEqual(image.counts(), backup.contents)) return failed('contents-differ')
  } catch (error) {
    if (!(isDamage(error) || isKeyTrouble(error)) || error.code === 'unknown-version') throw error
    return failed(error.code)
  }
  const trouble = await troubleOfReplay(options)
  return trouble === null ? { state: 'good', code: null } : failed(trouble)
}

/** Records are removed once a newer checkpoint covers them, also while this reads. The backup then stands for itself. */
async function troubleOfReplay({ journals, objects, cipher, backup, session }: CheckOptions) {
  const { pointer } = backup
  const before = await session()
  if (!before || isTrimmed(pointer, before) || pointer.seq > before.journalHead) return null
  const pointers = { checkpoint: pointer, previousCheckpoint: null, trimmedTo: before.trimmedTo }
  const { trouble, damaged } = await loadState({ journals, objects, cipher, pointers, end: before.journalHead })
  const [worse] = damaged
  if (!trouble && !worse) return null
  const after = await session()
  if (!after || isTrimmed(pointer, after)) return null
  return worse?.code ?? trouble?.code ?? null
}

/** `trimmedTo` may not say yet what the older checkpoint let go. */
const isTrimmed = ({ seq }: CheckpointPointer, { trimmedTo, previousCheckpoint }: JournalReach): boolean =>
  seq < Math.max(trimmedTo, previousCheckpoint?.seq ?? 0)

const failed = (code: BackupCheck['code']): BackupCheck => ({ state: 'failed', code })

/** A kind without values counts as one that is missing. */
function isEqual(found: Readonly<Record<string, number>>, known: Readonly<Record<string, number>>): boolean {
  const kinds = new Set([...Object.keys(found), ...Object.keys(known)])
  return [...kinds].every((kind) => (found[kind] ?? 0) === (known[kind] ?? 0))
}
