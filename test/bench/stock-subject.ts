import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { coreOfContestants, pin } from './core.ts'
import type { Chat, Subject } from './subject.ts'
import type { BenchWorld } from './world.ts'

export interface StockSetup {
  /** The address of the simulator. */
  readonly url: string
  readonly root: string
  /** The folder of the files; null for keys in memory. */
  readonly folder: string | null
}

export interface StockCommand {
  readonly what: 'connect' | 'disconnect' | 'send'
  readonly session: string
  readonly to: string
  readonly texts: readonly string[]
}

export interface StockEvent {
  readonly session: string
  readonly qr?: string
  readonly trouble?: string
}

const PROGRAM = fileURLToPath(new URL('./stock-fleet.ts', import.meta.url))

/** Plain Baileys, with its keys in memory, the fastest way, or in its multi-file state, as most gateways have it. */
export class StockSubject implements Subject {
  readonly name: string
  readonly #world: BenchWorld
  readonly #child: ChildProcess
  readonly #folder: string | null
  readonly #onQr = new Map<string, (qr: string) => void>()

  private constructor(name: string, world: BenchWorld, child: ChildProcess, folder: string | null) {
    this.name = name
    this.#world = world
    this.#child = child
    this.#folder = folder
    createInterface(child.stdout!).on('line', (line) => {
      const { session, qr, trouble } = JSON.parse(line) as StockEvent
      if (trouble !== undefined) process.stderr.write(`${name}: ${trouble}\n`)
      if (qr !== undefined) this.#onQr.get(session)?.(qr)
    })
  }

  static async start(world: BenchWorld, keys: 'memory' | 'multi-file'): Promise<StockSubject> {
    const folder = keys === 'memory' ? null : await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
    const { url, root } = await world.whatsappAddress()
    const setup: StockSetup = { url, root, folder }
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(setup)], { stdio: ['pipe', 'pipe', 'inherit'] })
    const core = coreOfContestants()
    if (core !== null && child.pid !== undefined) pin(child.pid, core)
    return new StockSubject(`Baileys, keys in ${keys === 'memory' ? 'memory' : 'files'}`, world, child, folder)
  }

  readonly pid = (): number => this.#child.pid ?? Number.NaN

  async link({ name, phone }: Chat): Promise<void> {
    await this.#world.simulator.createPhone(phone)
    const qr = new Promise<string>((resolve) => this.#onQr.set(name, resolve))
    const active = this.#world.allActive([phone])
    this.#tell('connect', name)
    await this.#world.simulator.scan(phone, await qr)
    await active
  }

  async disconnect(chats: readonly Chat[]): Promise<void> {
    const closed = this.#world.allDisconnected(chats.map(({ phone }) => phone))
    for (const { name } of chats) this.#tell('disconnect', name)
    await closed
  }

  async connect(chats: readonly Chat[]): Promise<void> {
    for (const { name } of chats) this.#tell('connect', name)
  }

  async queue({ name, contact }: Chat, texts: readonly string[]): Promise<void> {
    this.#tell('send', name, { to: `${contact}@s.whatsapp.net`, texts })
  }

  async close(): Promise<void> {
    this.#child.kill('SIGKILL')
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }

  #tell(what: StockCommand['what'], session: string, { to = '', texts = [] }: Partial<StockCommand> = {}): void {
    this.#child.stdin?.write(`${JSON.stringify({ what, session, to, texts } satisfies StockCommand)}\n`)
  }
}
