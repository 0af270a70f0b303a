import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StockProcess, type StockSetup } from '../../support/stock/stock-process.ts'
import type { Subject } from './subject.ts'
import type { FactsWorld } from './world.ts'

/** Baileys with its multi-file state, in a process that the test restarts. */
export class StockSubject implements Subject {
  readonly phone: string
  readonly #world: FactsWorld
  readonly #setup: StockSetup
  readonly #folder: string
  readonly #processes: StockProcess[] = []
  #killedAt = 0

  private constructor(phone: string, world: FactsWorld, folder: string, setup: StockSetup) {
    this.phone = phone
    this.#world = world
    this.#folder = folder
    this.#setup = setup
  }

  static async make(world: FactsWorld, phone: string, options: { databaseMs?: number } = {}): Promise<StockSubject> {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-stock-'))
    const { url, root } = await world.whatsappAddress()
    return new StockSubject(phone, world, folder, {
      url,
      root,
      authFolder: join(folder, 'auth'),
      deviceCache: join(folder, 'devices.json'),
      database: join(folder, 'messages'),
      diskMs: 0,
      databaseMs: options.databaseMs ?? 0,
    })
  }

  async link(): Promise<void> {
    const since = this.#world.now
    await this.#world.simulator.createPhone(this.phone)
    await this.#world.simulator.scan(this.phone, await this.startProcess().firstCode())
    await this.#isActive(since)
  }

  async send(contact: string, text: string): Promise<void> {
    this.#newest().command({ to: `${contact}@s.whatsapp.net`, text })
  }

  /** Lets each running process send the text. */
  sendFromAll(contact: string, text: string): void {
    for (const process of this.#processes) process.command({ to: `${contact}@s.whatsapp.net`, text })
  }

  async storedMessages(): Promise<{ id: string; text: string }[]> {
    const lines = await readFile(this.#setup.database, 'utf8')
    return lines
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as { id: string; text: string })
  }

  /**
   * Kills the process, but not while it writes its credentials. Baileys takes half-written ones for none and asks for a new QR
   * code, which is not the fact under test.
   */
  kill(): void {
    this.#killedAt = this.#world.now
    this.#newest().strike(() => isWhole(join(this.#setup.authFolder, 'creds.json')))
  }

  async restart(): Promise<void> {
    this.startProcess()
    await this.#isActive(this.#killedAt)
  }

  /** Slows the disk down from now on, also after a restart. */
  slowDownDisk(diskMs: number): void {
    this.#setup.diskMs = diskMs
    this.#newest().command({ diskMs })
  }

  /** Starts one more process on the same files. Baileys has nothing that prevents it. */
  startProcess(): StockProcess {
    const process = new StockProcess(this.#setup)
    this.#processes.push(process)
    return process
  }

  async close(): Promise<void> {
    for (const process of this.#processes) await process.end()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #newest(): StockProcess {
    const newest = this.#processes.at(-1)
    if (!newest) throw new Error('The client was never started.')
    return newest
  }

  async #isActive(since: number): Promise<void> {
    await this.#world.happens('active', ({ phone }) => phone === this.phone, since)
  }
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'))
    return true
  } catch {
    return false
  }
}
