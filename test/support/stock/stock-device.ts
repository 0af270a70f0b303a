import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { World } from '../world.ts'
import { StockProcess } from './stock-process.ts'

const ACTIVE_LIMIT_MS = 30_000

/** A phone with a linked device of stock Baileys, whose state lies in a folder. */
export class StockDevice {
  readonly phone: string
  readonly root: string
  #folder: string
  readonly #world: World
  #process: StockProcess | null = null

  private constructor(world: World, phone: string, root: string) {
    this.#world = world
    this.phone = phone
    this.root = root
    this.#folder = join(root, 'auth')
  }

  static async link(world: World, phone: string): Promise<StockDevice> {
    const device = new StockDevice(world, phone, await mkdtemp(join(tmpdir(), 'holdfast-moving-')))
    await world.simulator.createPhone(phone)
    const process = await device.#start()
    const since = world.happened.length
    await world.simulator.scan(phone, await process.firstCode())
    await device.#isActive(since)
    return device
  }

  /** The folder of `useMultiFileAuthState`. */
  get folder(): string {
    return this.#folder
  }

  async start(folder = this.#folder): Promise<void> {
    this.#folder = folder
    const since = this.#world.happened.length
    await this.#start()
    await this.#isActive(since)
  }

  /** Sends a text, and waits until the device has stored the keys with which it did. */
  async say(to: string, text: string): Promise<void> {
    await this.#process?.say(to, text)
  }

  /** The texts that the application of this device has stored. */
  async stored(): Promise<string[]> {
    const lines = await readFile(join(this.root, 'messages'), 'utf8').catch(() => '')
    return lines
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => (JSON.parse(line) as { text: string }).text)
  }

  /** Ends the process, but not while it writes its credentials, which Baileys would then take for none. */
  async stop(): Promise<void> {
    this.#process?.strike(() => isWhole(join(this.#folder, 'creds.json')))
    await this.#process?.end()
    this.#process = null
  }

  async remove(): Promise<void> {
    await this.stop()
    await rm(this.root, { recursive: true, force: true })
  }

  async #start(): Promise<StockProcess> {
    const { url, root } = await this.#world.whatsappAddress()
    this.#process = new StockProcess({
      url,
      root,
      authFolder: this.#folder,
      deviceCache: join(this.root, 'devices.json'),
      database: join(this.root, 'messages'),
      diskMs: 0,
      databaseMs: 0,
    })
    return this.#process
  }

  async #isActive(since: number): Promise<void> {
    await this.#world.eventThat(({ type, phone }) => type === 'active' && phone === this.phone, since, ACTIVE_LIMIT_MS)
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
