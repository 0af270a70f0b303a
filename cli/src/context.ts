import { createClient, type HoldfastClient } from '@holdfast/client/client'
import { type Chosen, checkingFetch, type Connection, connectionOf } from './connection.ts'
import { Failure, usage } from './failure.ts'
import type { Host } from './host.ts'
import { type Paint, paintFor } from './output/paint.ts'
import { plain } from './output/plain.ts'
import { Progress } from './output/progress.ts'
import { type Cell, type Column, table, wrap } from './output/table.ts'
import { isOpenToOthers, readProfiles } from './profiles.ts'

/** The options that every command has. */
export interface GlobalOptions extends Chosen {
  readonly json?: true | undefined
}

/** What a command works with: the API, the output, the person. */
export class Context {
  readonly host: Host
  readonly options: GlobalOptions
  readonly paint: Paint
  readonly progress: Progress
  readonly #clients = new Map<string | undefined, HoldfastClient>()
  #connection: Connection | null = null

  constructor(host: Host, options: GlobalOptions) {
    this.host = host
    this.options = options
    this.paint = paintFor(host.stdout.hasColours)
    this.progress = new Progress(host.stderr, options.json === true)
  }

  get isJson(): boolean {
    return this.options.json === true
  }

  get now(): number {
    return this.host.clock.now()
  }

  get connection(): Connection {
    this.#connection ??= this.#connect()
    return this.#connection
  }

  /** The address of the API, once it is known. */
  get url(): string | null {
    return this.#connection?.url ?? null
  }

  get api(): HoldfastClient {
    return this.apiOf(this.connection.tenant)
  }

  /** The API as the operator uses it for one tenant. */
  apiOf(tenant: string | undefined): HoldfastClient {
    const known = this.#clients.get(tenant)
    if (known) return known
    const { url: baseUrl, apiKey } = this.connection
    const { fetch, clock, interrupted } = this.host
    const client = createClient({
      baseUrl,
      apiKey,
      ...(tenant === undefined ? {} : { tenant }),
      fetch: checkingFetch(fetch, interrupted),
      repeats: { pause: (ms, signal) => clock.pause(ms, signal), now: () => clock.now() },
    })
    this.#clients.set(tenant, client)
    return client
  }

  /** Prints the result: with `--json` the value and nothing else, otherwise the lines. */
  show(value: unknown, lines: () => readonly string[]): void {
    if (this.isJson) return this.host.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
    for (const line of lines()) this.line(line)
  }

  /** Prints an event of a stream: with `--json` an object on a line of its own. */
  event(value: unknown, lines: () => readonly string[]): void {
    if (this.isJson) return this.host.stdout.write(`${JSON.stringify(value)}\n`)
    for (const line of lines()) this.line(line)
  }

  /** Writes a line for people. Never with `--json`. */
  line(text = ''): void {
    if (!this.isJson) this.host.stdout.write(`${text}\n`)
  }

  /** Writes a remark beside the result. */
  note(text: string): void {
    this.progress.clear()
    for (const line of wrap(plain(text), this.host.stderr.columns)) this.host.stderr.write(`${line}\n`)
  }

  rows(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[] {
    return table(columns, rows, this.host.stdout.columns, this.paint)
  }

  /** Breaks a sentence of the API into lines that fit the terminal. */
  sentence(text: string, indent = ''): string[] {
    return wrap(plain(text), this.host.stdout.columns, indent)
  }

  /**
   * Asks before an act that takes something away.
   *
   * @throws Failure when nobody can be asked and `--yes` is missing, or when the person says no
   */
  async agree(question: string, isAgreed: boolean | undefined): Promise<void> {
    if (isAgreed) return
    if (this.isJson || !this.host.stdin.isTerminal || !this.host.stderr.isTerminal) {
      throw usage(`${question} Nobody can be asked here.`, 'Say --yes.')
    }
    this.progress.clear()
    if (!(await this.host.questions.confirm(question))) throw new Failure('Nothing was changed.')
  }

  pause(ms: number): Promise<void> {
    return this.host.clock.pause(ms, this.host.interrupted)
  }

  #connect(): Connection {
    const { env } = this.host
    const connection = connectionOf(this.options, env, readProfiles(env.configFile))
    if (isOpenToOthers(env.configFile)) this.note(`Others can read ${env.configFile}, which has keys: chmod 600 it.`)
    return connection
  }
}
