import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { SupervisedProcess } from '../processes.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** The wall clock of some processes, which a test can set ahead. Processes that start later read it from a file. */
export class MovableClock {
  readonly file: string

  /** `file` keeps the offset from one start of a sandbox to the next. */
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

  /** Resolves when all running processes have the new time. */
  async advance(days: number, processes: readonly SupervisedProcess[]): Promise<void> {
    this.#write(this.aheadMs + days * DAY_MS)
    await Promise.all(processes.map((one) => one.ask('clock')))
  }

  /** Replaces the file at once, so that a starting process reads the old number or the new one. */
  #write(aheadMs: number): void {
    writeFileSync(`${this.file}.new`, String(aheadMs))
    renameSync(`${this.file}.new`, this.file)
  }
}
