import { open, type FileHandle } from 'node:fs/promises'
import type { Order, TraceLine } from './orders.ts'

/** Reads the trace that the runners write, while it grows. */
export class Trace implements AsyncDisposable {
  readonly #file: FileHandle
  #offset = 0
  #rest = ''
  #lines: TraceLine[] = []
  /** The names of all points that any process has passed. */
  readonly labels = new Set<string>()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  static async open(path: string): Promise<Trace> {
    return new Trace(await open(path, 'a+'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close()
  }

  /** Forgets all lines so far. */
  async forget(): Promise<void> {
    await this.#read()
    this.#lines = []
  }

  /** Returns whether the process has begun to count. */
  async hasBegun(pid: number): Promise<boolean> {
    await this.#read()
    return this.#lines.some((line) => line.pid === pid && 'began' in line)
  }

  async fired(): Promise<Order | null> {
    await this.#read()
    for (const line of this.#lines) if ('fired' in line) return line.fired
    return null
  }

  /** Returns the passages of each point since the process last began to count, in the order of the first passages. */
  async passed(pid: number): Promise<Map<string, number>> {
    await this.#read()
    let counts = new Map<string, number>()
    for (const line of this.#lines) {
      if (line.pid !== pid) continue
      if ('began' in line) counts = new Map()
      if ('passed' in line) for (const label of line.passed) counts.set(label, (counts.get(label) ?? 0) + 1)
    }
    return counts
  }

  async #read(): Promise<void> {
    const { size } = await this.#file.stat()
    if (size <= this.#offset) return
    const bytes = Buffer.alloc(size - this.#offset)
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, this.#offset)
    this.#offset += bytesRead
    const lines = (this.#rest + bytes.toString('utf8', 0, bytesRead)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines.map((text) => JSON.parse(text) as TraceLine)) {
      this.#lines.push(line)
      if ('passed' in line) for (const label of line.passed) this.labels.add(label)
    }
  }
}
