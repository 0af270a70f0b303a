import { constants } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sequenceId } from '../../session/ids.ts'
import { hasCode } from './durable-files.ts'

const MARK = /^(\d{20})\n$/

/**
 * PERSISTED CONTRACT v1: `{sessionId}/journal/applied`: 20 digits and a line feed, the record up to which Firestore has the merges.
 * The marker may lag behind and never runs ahead, so it is overwritten in place and not synced.
 */
export class AppliedMarker {
  readonly #path: string

  constructor(journalFolder: string) {
    this.#path = join(journalFolder, 'applied')
  }

  /** 0 when the marker is missing or unreadable. All merges of the journal are then applied once more. */
  async read(): Promise<number> {
    try {
      const match = MARK.exec(await readFile(this.#path, 'utf8'))
      return match ? Number(match[1]) : 0
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return 0
      throw error
    }
  }

  async write(seq: number): Promise<void> {
    const file = await open(this.#path, constants.O_WRONLY | constants.O_CREAT, 0o600)
    try {
      await file.write(`${sequenceId(seq)}\n`, 0)
    } finally {
      await file.close()
    }
  }
}
