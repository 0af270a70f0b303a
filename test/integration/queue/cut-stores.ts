import type { Change, DocumentSnapshot, Query } from '@holdfast/core/platform/ports'
import { MemoryObjects } from '../contract/memory-objects.ts'
import { MemoryDocuments } from './memory-documents.ts'

/** Where a run is cut short: before the operation of this number takes effect, or after it, without an answer. */
interface Cut {
  readonly at: number
  readonly isAfter: boolean
}

/** Counts what a run does to the stores, and breaks off at one operation: nothing after it takes effect, as when the process dies. */
export class Cutter {
  operations = 0
  cut: Cut | null = null
  /** What others do right before the operation of this number. */
  overtaking: { readonly at: number; readonly work: () => Promise<void> } | null = null
  /** Called when the process dies. */
  onDeath: () => void = () => {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    const { cut, overtaking } = this
    const number = ++this.operations
    if (overtaking?.at === number) {
      this.overtaking = null
      await overtaking.work()
    }
    if (cut && number > cut.at) throw new Error('The process is gone (made by the test).')
    if (cut?.at !== number) return work()
    if (cut.isAfter) await work()
    this.onDeath()
    throw new Error('The process dies (made by the test).')
  }
}

export class CutDocuments extends MemoryDocuments {
  readonly cutter = new Cutter()

  override commit(changes: readonly Change[]): Promise<void> {
    return this.cutter.run(() => super.commit(changes))
  }

  override read(path: string): Promise<DocumentSnapshot | null> {
    return this.cutter.run(() => super.read(path))
  }

  override query(query: Query): Promise<DocumentSnapshot[]> {
    return this.cutter.run(() => super.query(query))
  }
}

export class CutObjects extends MemoryObjects {
  readonly #cutter: Cutter

  constructor(cutter: Cutter) {
    super()
    this.#cutter = cutter
  }

  override create(name: string, bytes: Buffer): Promise<{ generation: string }> {
    return this.#cutter.run(() => super.create(name, bytes))
  }

  override remove(name: string): Promise<void> {
    return this.#cutter.run(() => super.remove(name))
  }
}
