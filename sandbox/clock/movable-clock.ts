import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { SupervisedProcess } from '../processes.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The wall clock of some processes, which a test can set ahead. Those that start later find it in a file. */
export class MovableClock {
  readonly file: string

  /** `file` keeps how far ahead it is, from one start of a sandbox to the next. */
  constructor(file: string) {
    this.file = file
    if (this.aheadMs === 0) this.#write(0)
  }

  static readonly preload = new URL('./shift-clock.ts', import.meta.url).href

  get aheadMs(): number {
    try {
      return Number(readFileSync(this.file, 'utf8'))
    } catch {
      return 0
    }
  }

  /** Resolves when every one of them that runs has the new time. */
  async advance(days: number, processes: readonly SupervisedProcess[]): Promise<void> {
    this.#write(this.aheadMs + days * DAY_MS)
    await Promise.all(processes.map((one) => one.ask('clock')))
  }

  /** A process that starts meanwhile reads the old number or the new one, never half of it. */
  #write(aheadMs: number): void {
    writeFileSync(`${this.file}.new`, String(aheadMs))
    renameSync(`${this.file}.new`, this.file)
  }
}
