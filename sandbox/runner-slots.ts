import { type Duration, MovableClock } from './clock/movable-clock.ts'
import type { ReachedBackends } from './environment.ts'
import type { Folder } from './folder.ts'
import type { NeutralHost } from './network/neutral-host.ts'
import type { SandboxOptions } from './options.ts'
import { type PartOptions, runnerProcess, type WhatsApp } from './parts.ts'
import { freePort } from './ports.ts'
import type { SupervisedProcess } from './processes.ts'
import { type Product, SOURCES } from './product.ts'
import { reachedThrough, type RunnerNetwork, startRunnerNetwork, whatsappThrough } from './proxies.ts'

/** What runs in a slot, and what lies around it. */
interface Slot {
  readonly process: SupervisedProcess
  /** Base URL of the runner's probes. */
  readonly probes: string
  /** Null unless each runner has a network of its own. */
  readonly network: RunnerNetwork | null
  /** How wrong the slot's clock is, on top of the sandbox's. Null unless each runner has a clock of its own. */
  readonly skew: MovableClock | null
}

interface SlotSettings {
  options: SandboxOptions
  folder: Folder
  backends: ReachedBackends
  whatsapp: WhatsApp
  clock: MovableClock | null
  functionsUrl: string
  neutral: NeutralHost
  /** Called when a process starts or ends. */
  onChange: () => void
}

/** The slots in which runners run. Like a container, a slot keeps its name, port, network and clock when its process restarts. */
export class RunnerSlots {
  readonly #slots = new Map<string, Slot>()
  readonly #settings: SlotSettings

  constructor(settings: SlotSettings) {
    this.#settings = settings
  }

  get all(): SupervisedProcess[] {
    return [...this.#slots.values()].map(({ process }) => process)
  }

  /** @throws when there is no such slot. */
  of(name: string): Slot {
    const slot = this.#slots.get(name)
    if (!slot) throw new Error(`There is no ${name}; there are ${[...this.#slots.keys()].join(', ') || 'no runners'}.`)
    return slot
  }

  /** Makes a slot whose process does not run yet. */
  async make(env: Record<string, string> = {}, product?: Product): Promise<SupervisedProcess> {
    const { options, folder, backends, whatsapp, neutral, onChange } = this.#settings
    const probePort = await freePort()
    const name = `runner-${this.#slots.size + 1}`
    const network = options.runnerNetworks === true ? await startRunnerNetwork(backends, whatsapp, neutral.port) : null
    const skew = options.runnerClocks === true ? new MovableClock(folder.clockOf(name)) : null
    const reached = network ? { ...backends, ...reachedThrough(network) } : backends
    const dialed = network ? whatsappThrough(network, whatsapp) : whatsapp
    const slot = { name, probePort, neutralPort: network?.neutral.port ?? neutral.port }
    const process = runnerProcess(folder, reached, dialed, slot, this.#partOptions(env, skew, product))
    for (const event of ['started', 'exited'] as const) process.on(event, onChange)
    this.#slots.set(name, { process, probes: `http://127.0.0.1:${probePort}`, network, skew })
    return process
  }

  /** Sets the clock of one slot wrong, for its present process and later ones. A negative span sets it back. */
  async skewClock(name: string, by: Duration): Promise<void> {
    const { process, skew } = this.of(name)
    if (!skew) throw new Error('The runners of this sandbox share its clock: start it with `runnerClocks`.')
    await skew.set(by, [process])
  }

  async closeNetworks(): Promise<void> {
    const networks = [...this.#slots.values()].map(({ network }) => Object.values(network ?? {}))
    await Promise.all(networks.flat().map((proxy) => proxy.close()))
  }

  #partOptions(env: Record<string, string>, skew: MovableClock | null, product?: Product): PartOptions {
    const { options, clock, functionsUrl } = this.#settings
    const { runnerEntry: entry, runnerEnv, runnerPreloads: preloads, storage, selfHosted } = options
    const runs = product ?? options.product ?? SOURCES
    return { product: runs, entry, env: { ...runnerEnv, ...env }, preloads, storage, selfHosted, clock, skew, functionsUrl }
  }
}
