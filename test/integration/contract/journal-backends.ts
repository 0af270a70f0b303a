import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DirectoryJournals } from '@holdfast/core/adapters/directory/directory-journals'
import { JournalFiles } from '@holdfast/core/adapters/directory/journal-files'
import { StoreDirectory } from '@holdfast/core/adapters/directory/store-directory'
import { createLogger } from '@holdfast/core/platform/logging'
import type { DocumentStore } from '@holdfast/core/platform/ports'
import { DocumentJournals } from '@holdfast/core/journal/document-journals'
import type { JournalStore } from '@holdfast/core/journal/journal-store'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { FaultyDocuments } from '../../support/engine/faulty-documents.ts'
import { MemoryJournals } from './memory-journals.ts'

/** A back end of journals for the contract suite that every back end must pass. */
export interface JournalBackend extends AsyncDisposable {
  readonly journals: JournalStore
  /** Makes the store unreachable or missing, or brings it back. */
  away(isAway: boolean): Promise<void>
}

/** Opens each back end. Its claims are decided in `documents`, and its merges are applied there. */
export const JOURNAL_BACKENDS: Record<string, (documents: DocumentStore) => Promise<JournalBackend>> = {
  async firestore(real) {
    const documents = new FaultyDocuments(real)
    return {
      journals: new DocumentJournals(documents),
      away: async (isAway) => documents.away(isAway),
      [Symbol.asyncDispose]: async () => {},
    }
  },

  async directory(documents) {
    const under = await openDirectory()
    const journals = journalsIn(under.path, documents)
    return {
      journals,
      away: (isAway) => (isAway ? rename(under.path, `${under.path}.away`) : rename(`${under.path}.away`, under.path)),
      async [Symbol.asyncDispose]() {
        await journals.close()
        await under[Symbol.asyncDispose]()
      },
    }
  },

  async memory(documents) {
    const journals = new MemoryJournals(documents)
    return { journals, away: async (isAway) => journals.away(isAway), [Symbol.asyncDispose]: async () => {} }
  },
}

export interface DirectoryUnderTest extends AsyncDisposable {
  readonly path: string
}

/** Creates an empty store in a folder of its own. */
export async function openDirectory(): Promise<DirectoryUnderTest> {
  const path = await mkdtemp(join(tmpdir(), 'holdfast-directory-'))
  await new StoreDirectory(path).initialize()
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Opens the journals of a directory as a process does at its start. */
export function journalsIn(path: string, documents: DocumentStore, assertOurs = async () => {}): DirectoryJournals {
  const directory = new StoreDirectory(path)
  const files = new JournalFiles(directory)
  const logger = createLogger('test', 'silent')
  return new DirectoryJournals(directory, { files, documents, clock: systemClock, logger, assertOurs })
}
