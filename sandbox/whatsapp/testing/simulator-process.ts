// A simulator in its own process, as the sandbox runs it, with typed calls for tests.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Happening } from '../happenings.ts'
import type { SimulatorState } from '../state.ts'

type Answer = { status: number; body: Record<string, unknown> }

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
const SHIFT_CLOCK = new URL('../../clock/shift-clock.ts', import.meta.url).href

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    createInterface({ input: child.stdout ?? process.stdin }).once('line', resolve)
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code} before it was ready`)))
  })

export class SimulatorProcess {
  readonly url: string
  readonly root: Buffer
  /** The address of its media host. */
  readonly media: string
  readonly child: ChildProcess
  /** All happenings since the start. */
  readonly happenings: Happening[] = []
  readonly #base: string
  readonly #watchers = new Set<() => void>()
  readonly #stop = new AbortController()

  private constructor(child: ChildProcess, ready: { port: number; url: string; media: string; root: string }) {
    this.child = child
    this.url = ready.url
    this.media = ready.media
    this.root = Buffer.from(ready.root, 'hex')
    this.#base = `http://127.0.0.1:${ready.port}`
  }

  /** @param clockFile how many milliseconds the simulator's clock is ahead, which it reads when it starts and when `readClock` asks */
  static async start({ clockFile }: { clockFile?: string } = {}): Promise<SimulatorProcess> {
    const shifted = clockFile === undefined ? [] : ['--import', SHIFT_CLOCK]
    const env = { ...process.env, ...(clockFile === undefined ? {} : { SANDBOX_CLOCK_FILE: clockFile }) }
    const child = spawn(process.execPath, [...shifted, MAIN, '--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    const simulator = new SimulatorProcess(child, JSON.parse(await firstLine(child)))
    await simulator.#follow()
    return simulator
  }

  async readClock(): Promise<void> {
    const read = once(this.child, 'message')
    this.child.send({ ask: 'clock', id: 0 })
    await read
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGTERM')
    await ended
  }

  async request(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(this.#base + path, { method, ...sent })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  /** Sends a request that must succeed. */
  async post(path: string, body: unknown = {}): Promise<Record<string, unknown>> {
    const answer = await this.request('POST', path, body)
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  async send(contact: string, to: string, text: string, count?: number): Promise<string[]> {
    return (await this.post(`/contacts/${contact}/send`, { to, text, ...(count ? { count } : {}) })).ids as string[]
  }

  async createGroup(subject: string, participants: string[], addressing: 'lid' | 'pn' = 'lid'): Promise<string> {
    return (await this.post('/groups', { subject, participants, addressing })).id as string
  }

  async sendToGroup(group: string, from: string, text: string, count?: number): Promise<string[]> {
    return (await this.post(`/groups/${group}/send`, { from, text, ...(count ? { count } : {}) })).ids as string[]
  }

  async state(): Promise<SimulatorState> {
    return (await this.request('GET', '/state')).body as unknown as SimulatorState
  }

  async violationKinds(): Promise<string[]> {
    return (await this.state()).violations.map(({ kind }) => kind)
  }

  /** Resolves with the first matching happening of this type; with `since` also a past one. */
  happens(type: string, fits: (happening: Happening) => boolean = () => true, since = 0): Promise<Happening> {
    return new Promise((resolve, reject) => {
      let seen = since
      const timer = setTimeout(() => {
        this.#watchers.delete(look)
        const types = this.happenings.slice(-30).map((happening) => JSON.stringify(happening))
        reject(new Error(`"${type}" did not happen; the last things were\n${types.join('\n')}`))
      }, 30_000)
      const look = (): void => {
        for (; seen < this.happenings.length; seen++) {
          const happening = this.happenings[seen]
          if (happening?.type !== type || !fits(happening)) continue
          clearTimeout(timer)
          this.#watchers.delete(look)
          return resolve(happening)
        }
      }
      this.#watchers.add(look)
      look()
    })
  }

  /** The present position of the story, for `happens(…, since)`. */
  get now(): number {
    return this.happenings.length
  }

  async #follow(): Promise<void> {
    const response = await fetch(`${this.#base}/events`, { signal: this.#stop.signal })
    this.#collect(response).catch(() => undefined) // Ends with the process or with stop().
  }

  async #collect(response: Response): Promise<void> {
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const lines = (rest + Buffer.from(chunk).toString()).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.happenings.push(JSON.parse(line) as Happening)
      for (const look of this.#watchers) look()
    }
  }
}
