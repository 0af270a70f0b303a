import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { SupervisedProcess } from '../processes.ts'

/** A time span; its parts add up. */
export interface Duration {
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
}

const msOf = ({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Duration): number =>
  Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)

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
  async advance(by: Duration, processes: readonly SupervisedProcess[]): Promise<void> {
    await this.set({ seconds: (this.aheadMs + msOf(by)) / 1000 }, processes)
  }

  /** Sets how far the clock is ahead. Resolves when the running processes have the new time. */
  async set(ahead: Duration, processes: readonly SupervisedProcess[]): Promise<void> {
    this.#write(msOf(ahead))
    await Promise.all(processes.map((one) => one.ask('clock')))
  }

  /** Replaces the file at once, so that a starting process reads the old number or the new one. */
  #write(aheadMs: number): void {
    writeFileSync(`${this.file}.new`, String(aheadMs))
    renameSync(`${this.file}.new`, this.file)
  }
}
