import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeDurably } from '../durable-file.ts'

/**
 * A file of entries, one JSON object a line. An entry is durable when `append` resolves; entries that are appended at the same time
 * become durable together.
 */
export class TaskLog<Entry> {
  readonly #file: FileHandle
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** Reads the entries that a process before has left, and writes the file anew with those that `keep` returns for them. */
  static async open<Entry>(path: string, keep: (entries: Entry[]) => Entry[]): Promise<TaskLog<Entry>> {
    await mkdir(dirname(path), { recursive: true })
    const kept = keep(await readEntries<Entry>(path))
    await writeDurably(path, kept.map(line).join(''))
    return new TaskLog(await open(path, 'a'))
  }

  append(entry: Entry): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ text: line(entry), resolve, reject })
    this.#writing ??= this.#write()
    return promise
  }

  /** Resolves when everything that was appended before is durable. */
  async written(): Promise<void> {
    await this.#writing
  }

  async close(): Promise<void> {
    await this.written()
    await this.#file.close()
  }

  async #write(): Promise<void> {
    // Entries of the same moment wait for each other.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        await this.#file.appendFile(group.map(({ text }) => text).join(''))
        await this.#file.datasync()
        for (const { resolve } of group) resolve()
      } catch (error) {
        for (const { reject } of group) reject(error)
      }
    }
    this.#writing = null
  }
}

interface Waiting {
  text: string
  resolve: () => void
  reject: (error: unknown) => void
}

const line = (entry: unknown): string => `${JSON.stringify(entry)}\n`

async function readEntries<Entry>(path: string): Promise<Entry[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  // What follows the last line break was cut off by the death of its writer, and nobody was told that it was durable.
  return text
    .split('\n')
    .slice(0, -1)
    .map((entry) => JSON.parse(entry) as Entry)
}
