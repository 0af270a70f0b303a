/** The instances of a pool, as the stand-in starts and stops them. */
export interface Instances {
  /** Starts one of a revision. Resolves with its name when it runs. */
  start(revision: string): Promise<string>
  /** SIGTERM, and SIGKILL after ten seconds. Resolves when it has ended. */
  stop(name: string): Promise<void>
}

export type Template = Readonly<Record<string, unknown>>

interface Running {
  readonly name: string
  readonly revision: string
}

/**
 * A worker pool, or a service with a fixed number of instances. It has as many instances as it was told; which of them it stops nobody can
 * choose. A change of the template is a new revision: instances of it start first, then those of the old one are stopped.
 */
export class Pool {
  readonly #instances: Instances
  #count: number
  #template: Template = {}
  #revision = 1
  #running: Running[] = []
  #settling: Promise<void> = Promise.resolve()
  #changes = 0

  constructor(instances: Instances, running: readonly string[]) {
    this.#instances = instances
    this.#count = running.length
    this.#running = running.map((name) => ({ name, revision: this.revision }))
  }

  get revision(): string {
    return revisionName(this.#revision)
  }

  get count(): number {
    return this.#count
  }

  get template(): Template {
    return this.#template
  }

  /** Another one after each change. */
  get version(): string {
    return `"${this.#revision}.${this.#count}"`
  }

  get isReconciling(): boolean {
    return this.#changes > 0
  }

  get running(): readonly string[] {
    return this.#running.map(({ name }) => name)
  }

  resize(count: number): void {
    this.#count = count
    this.#settle()
  }

  renew(template: Template): void {
    if (JSON.stringify(template) === JSON.stringify(this.#template)) return
    this.#template = template
    this.#revision++
    this.#settle()
  }

  /** Resolves when the instances are as they were asked for. */
  async settled(): Promise<void> {
    while (this.isReconciling) await this.#settling
  }

  #settle(): void {
    this.#changes++
    this.#settling = this.#settling.then(() => this.#reconcile()).finally(() => this.#changes--)
  }

  async #reconcile(): Promise<void> {
    const { revision } = this
    const fresh = () => this.#running.filter((each) => each.revision === revision)
    const missing = Math.max(0, this.#count - fresh().length)
    const started = await Promise.all(Array.from({ length: missing }, () => this.#instances.start(revision)))
    this.#running.push(...started.map((name) => ({ name, revision })))
    const surplus = [...this.#running.filter((each) => each.revision !== revision), ...shuffled(fresh()).slice(this.#count)]
    this.#running = this.#running.filter((each) => !surplus.includes(each))
    await Promise.all(surplus.map(({ name }) => this.#instances.stop(name)))
  }
}

const revisionName = (number: number): string => `holdfast-runner-${String(number).padStart(5, '0')}`

const shuffled = <Each>(list: readonly Each[]): Each[] =>
  list
    .map((each) => ({ each, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ each }) => each)
