import { EventEmitter } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { type Duration, MovableClock } from './clock/movable-clock.ts'
import { Folder } from './folder.ts'
import { exportFirestore, findFirestoreEmulator, firestoreProcess, type FirestoreEmulator } from './google/firestore-emulator.ts'
import { createBucket, kmsProcess, simulatorProcess, storageProcess, tasksProcess, type WhatsApp } from './parts.ts'
import { apiParts } from './api-parts.ts'
import { Deployment } from './deployment.ts'
import { type Backends, plainEnvironment, type ReachedBackends } from './environment.ts'
import type { Faults } from './google/tasks/faults.ts'
import type { SandboxInfo } from './info.ts'
import type { SandboxOptions } from './options.ts'
import { freePort } from './ports.ts'
import { backendsAt, backendsBehind, type Proxies, type RunnerNetwork, startProxies } from './proxies.ts'
import { NeutralHost } from './network/neutral-host.ts'
import type { Exit, ReadyLine, SupervisedProcess } from './processes.ts'
import { type Product, repositoryFile } from './product.ts'
import { storesOfRun } from './real-stores.ts'
import { RunnerSlots } from './runner-slots.ts'

interface Events {
  /** The Firestore emulator or the simulator ended unexpectedly, and its state, which it held in memory, is gone. */
  lost: [part: string, exit: Exit]
}

/** Starts the whole product with its stand-ins on this machine. Several sandboxes can run side by side. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const startedAt = performance.now()
  const stores = options.stores && storesOfRun(options.stores)
  if (stores && (options.proxied === true || options.runnerNetworks === true))
    throw new Error('A sandbox can cut nobody off from Google’s own stores.')
  const emulator = stores || options.firestore !== undefined ? null : await findFirestoreEmulator(process.env)
  const folder = await Folder.open(options.folder, stores)
  // An operator creates this directory, because the runner creates none.
  if (options.storage === 'local') await mkdir(folder.sessions, { recursive: true, mode: 0o700 })
  const ports = {
    firestore: await freePort(),
    storage: await freePort(),
    tasks: await freePort(),
    kms: await freePort(),
    functions: await freePort(),
    server: await freePort(),
  }
  const backends = { ...backendsAt(ports), ...(options.firestore === undefined ? {} : { firestore: options.firestore }) }
  const proxies = options.proxied === true ? await startProxies(backends) : null
  const neutral = await NeutralHost.start()
  const sandbox = new Sandbox({ options, folder, emulator, ports, backends, proxies, neutral })
  try {
    await sandbox.start(startedAt)
  } catch (error) {
    await sandbox.stop()
    throw error
  }
  return sandbox
}

interface SandboxParts {
  options: SandboxOptions
  folder: Folder
  /** Null where another Firestore is used. */
  emulator: FirestoreEmulator | null
  ports: Record<keyof Backends | 'kms' | 'functions' | 'server', number>
  /** Where the stand-ins for Google's services are. */
  backends: Backends
  proxies: Proxies | null
  neutral: NeutralHost
}

const firestoreOf = (folder: Folder, emulator: FirestoreEmulator, port: number, forLong: boolean): SupervisedProcess =>
  firestoreProcess({
    ...emulator,
    port,
    folder: folder.firestore,
    rules: repositoryFile('firestore.rules'),
    forLong,
    env: plainEnvironment(),
    log: folder.log('firestore'),
  })

export class Sandbox extends EventEmitter<Events> implements AsyncDisposable {
  // The parts. Tests stop, kill and start them, and hear of it by their events.
  readonly #firestore: SupervisedProcess | null
  /** It does not run where the sandbox has `stores`. */
  readonly storage: SupervisedProcess
  /** It does not run where the product is `selfHosted`. */
  readonly tasks: SupervisedProcess
  /** The stand-in for Cloud KMS. Null unless the sandbox has `kms`. */
  readonly kms: SupervisedProcess | null
  /** The functions host, or the API server where the product is `selfHosted`. */
  readonly functions: SupervisedProcess | null
  /** Null unless the sandbox has an `apiServer`. */
  readonly server: SupervisedProcess | null
  readonly simulator: SupervisedProcess | null
  /** Null unless the sandbox is `proxied`. */
  readonly proxies: Proxies | null
  readonly #slots: RunnerSlots
  readonly #neutral: NeutralHost

  readonly #options: SandboxOptions
  readonly #folder: Folder
  readonly #addresses: { api: string | null; apiServer: string | null } & Backends
  /** The addresses that the product uses: those of the proxies if the sandbox has any. */
  readonly #backends: ReachedBackends
  readonly #whatsapp: WhatsApp
  readonly #clock: MovableClock | null
  readonly #functionsUrl: string
  readonly #deployment: Deployment
  #simulatorUrl: string | null = null
  #firestoreWasUp = false
  #stopping: Promise<void> | null = null

  constructor({ options, folder, emulator, ports, backends, proxies, neutral }: SandboxParts) {
    super()
    this.#options = options
    this.#folder = folder
    this.proxies = proxies
    this.#neutral = neutral
    this.kms = options.kms === true ? kmsProcess(folder, ports.kms) : null
    this.#backends = {
      ...(proxies ? backendsBehind(proxies) : backends),
      stores: options.stores,
      kms: this.kms ? `127.0.0.1:${ports.kms}` : undefined,
    }
    this.#clock = options.movableClock === true ? new MovableClock(folder.clock) : null
    const clock = this.#clock
    const api = apiParts({ folder, backends: this.#backends, ports, clock, options })
    this.#functionsUrl = api.url
    this.functions = api.functions
    this.server = api.server
    this.#addresses = { api: api.functions && api.url, apiServer: api.serverUrl, ...backends }
    this.#whatsapp = { url: options.whatsappUrl ?? '', root: options.whatsappRoot ?? null, media: null }
    this.#firestore = emulator && firestoreOf(folder, emulator, ports.firestore, options.forLong === true)
    this.storage = storageProcess(folder, ports.storage)
    this.tasks = tasksProcess(folder, ports.tasks, { clock })
    this.#deployment = new Deployment({
      project: folder.identity.project,
      // A server brings no queue and no schedule of Google's.
      functions: options.selfHosted === true ? null : this.functions,
      functionsUrl: this.#functionsUrl,
      tasks: this.tasks,
      clock,
      schedules: options.schedules ?? true,
    })
    this.#slots = new RunnerSlots({
      options,
      folder,
      backends: this.#backends,
      whatsapp: this.#whatsapp,
      clock,
      functionsUrl: this.#functionsUrl,
      neutral,
      onChange: () => this.#publish(),
    })
    this.simulator = options.whatsappUrl === undefined ? simulatorProcess(folder, { clock }) : null
    for (const part of [this.#firestore, this.simulator]) {
      part?.on('exited', (exit) => !exit.expected && this.emit('lost', part.name, exit))
    }
  }

  /** Starts all parts in parallel, except that runners start after the parts that they need. */
  async start(startedAt: number): Promise<void> {
    this.#publish()
    const up = async (part: SupervisedProcess | null, then?: (line: ReadyLine) => void | Promise<void>) => {
      if (!part) return
      const line = await part.start()
      await then?.(line)
      this.#options.onProgress?.(part.name, Math.round(performance.now() - startedAt))
    }
    const { project, bucket } = this.#folder.identity
    const backends = Promise.all([
      up(this.#firestore, () => void (this.#firestoreWasUp = true)),
      up(this.#options.stores ? null : this.storage, () => createBucket(this.#addresses.storage, project, bucket)),
      up(this.#options.selfHosted === true ? null : this.tasks),
      up(this.kms),
      up(this.simulator, (line) => this.#simulatorIsUp(line)),
    ])
    const runners = async () => {
      await backends
      const slots: SupervisedProcess[] = []
      while (slots.length < (this.#options.runners ?? 1)) slots.push(await this.#slots.make())
      await Promise.all(slots.map((runner) => up(runner)))
    }
    await Promise.all([up(this.functions), up(this.server), runners()])
    await this.#deployment.settle()
  }

  /** The sandbox's own Firestore emulator. Throws when the sandbox uses a shared one. */
  get firestore(): SupervisedProcess {
    if (!this.#firestore) throw new Error('This sandbox shares its Firestore emulator with others.')
    return this.#firestore
  }

  get folder(): string {
    return this.#folder.path
  }

  /** The directory in which storage mode `local` keeps sessions. */
  get sessionsFolder(): string {
    return this.#folder.sessions
  }

  /** The state of this moment, as in the folder's `sandbox.json`. */
  get info(): SandboxInfo {
    const { project, bucket, apiKey } = this.#folder.identity
    const runners = this.runners().flatMap(({ name, pid }) =>
      pid === null ? [] : [{ id: name, pid, probes: this.probesOf(name) }],
    )
    return { apiKey, project, bucket, ...this.#addresses, simulator: this.#simulatorUrl, runners }
  }

  /** Sends a request with the API key to the HTTP API. `json` is posted as the body. */
  async api(path: string, init: RequestInit & { json?: unknown } = {}): Promise<Response> {
    const { api, apiKey } = this.info
    if (api === null) throw new Error('This sandbox runs without functions.')
    const { json, ...request } = init
    const headers = new Headers(init.headers)
    headers.set('x-api-key', apiKey)
    if (json === undefined) return await fetch(`${api}${path}`, { ...request, headers })
    headers.set('content-type', 'application/json')
    return await fetch(`${api}${path}`, { method: 'POST', ...request, headers, body: JSON.stringify(json) })
  }

  /** Returns the runner of a slot, such as `runner-1`. A killed runner restarts at once in its slot, with another pid. */
  runner(slot: string): SupervisedProcess {
    return this.#slots.of(slot).process
  }

  /** Base URL of a slot's probes, whether or not a process runs in it. */
  probesOf(slot: string): string {
    return this.#slots.of(slot).probes
  }

  /** Returns the network between one runner and all others. Throws unless the sandbox has `runnerNetworks`. */
  networkOf(slot: string): RunnerNetwork {
    const { network } = this.#slots.of(slot)
    if (!network) throw new Error('The runners of this sandbox share its network: start it with `runnerNetworks`.')
    return network
  }

  /** Sets the clock of one runner wrong by so much from now on; `{}` sets it right. The sandbox needs `runnerClocks`. */
  async skewClock(slot: string, by: Duration): Promise<void> {
    await this.#slots.skewClock(slot, by)
  }

  runners(): SupervisedProcess[] {
    return this.#slots.all
  }

  /** Adds a runner in a new slot, as a scale-out does. `env` overrides settings of this runner, `product` what it runs. */
  async addRunner(env: Record<string, string> = {}, product?: Product): Promise<SupervisedProcess> {
    const runner = await this.#slots.make(env, product)
    await runner.start()
    return runner
  }

  /** Stops a runner as a scale-in does: SIGTERM, and SIGKILL after ten seconds. It stays away until `startRunner`. */
  async stopRunner(slot: string): Promise<void> {
    await this.runner(slot).stop()
  }

  async startRunner(slot: string): Promise<void> {
    await this.runner(slot).start()
  }

  /** The time by the clock of all parts, ms. */
  now(): number {
    return Date.now() + (this.#clock?.aheadMs ?? 0)
  }

  /**
   * Moves the clock ahead for all parts, also for those that start later. Tasks and schedules that came due run at once. Firestore's
   * times stay as they are, because only they may decide whether an owner is dead.
   */
  async advanceClock(by: Duration): Promise<void> {
    if (!this.#clock) throw new Error('This sandbox has no movable clock: start it with `movableClock`.')
    await this.#clock.advance(
      by,
      [...this.runners(), this.functions, this.server, this.simulator].filter((part) => part !== null),
    )
    await this.#deployment.clockMoved()
  }

  /** Calls a scheduled function, such as `sweep`, and waits for its end. Throws when it fails. */
  async fireSchedule(name: string): Promise<void> {
    await this.#deployment.scheduler.fire(name)
  }

  /** Loses and doubles deliveries of tasks from now on, by a seed. */
  async disturbTasks(faults: Faults): Promise<void> {
    await this.#deployment.disturb(faults)
  }

  async restartFunctions(): Promise<void> {
    await this.functions?.stop()
    await this.functions?.start()
  }

  /** Stops all parts. The data stays in a folder that the caller named, for the next start. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    await this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<void> {
    this.#deployment.scheduler.close()
    // The writers end before the stores that they write to.
    await close([...this.runners(), this.functions, this.server])
    try {
      if (this.#folder.kept && this.#firestoreWasUp) await this.#keepData()
    } finally {
      await close([this.#firestore, this.storage, this.tasks, this.kms, this.simulator])
      await this.#slots.closeNetworks()
      await this.#neutral.close()
      for (const proxy of Object.values(this.proxies ?? {})) await proxy.close()
      await this.#folder.close()
    }
  }

  async #keepData(): Promise<void> {
    // Firestore's data is gone, and the rest is useless without it.
    if (this.#firestore?.pid === null) await this.#folder.discardData()
    else await exportFirestore(this.#addresses.firestore, this.#folder.identity.project, this.#folder.firestore)
  }

  #simulatorIsUp({ port, url, root, media }: ReadyLine): void {
    this.#simulatorUrl = `http://127.0.0.1:${String(port)}`
    this.#whatsapp.url = String(url)
    this.#whatsapp.root = String(root)
    this.#whatsapp.media = String(media)
    this.#publish()
  }

  #publish(): void {
    this.#folder.publish(this.info)
  }
}

async function close(parts: (SupervisedProcess | null)[]): Promise<void> {
  await Promise.all(parts.filter((part) => part !== null).map((part) => part.close()))
}
