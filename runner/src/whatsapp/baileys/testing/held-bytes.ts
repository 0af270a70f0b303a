import { setImmediate as turn } from 'node:timers/promises'

/** Makes buffers, and notes the most memory of buffers that this process holds while it makes them. Garbage counts as long as it lies about. */
export class HeldBytes {
  readonly #before = process.memoryUsage().arrayBuffers
  most = 0

  /** A file of so many parts, each with memory of its own. */
  async *parts(count: number, bytes: number): AsyncGenerator<Buffer> {
    for (let index = 0; index < count; index++) {
      yield Buffer.alloc(bytes, index)
      this.note()
      // What was written goes out.
      await turn()
    }
  }

  note(): void {
    this.most = Math.max(this.most, process.memoryUsage().arrayBuffers - this.#before)
  }
}
