import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { repositoryFile } from '../../../sandbox/product.ts'
import type { ImageConfig } from './buildah.ts'

/** Where the image's files lie, and what it says of itself. */
export interface MountedImage {
  readonly root: string
  readonly config: ImageConfig
}

export interface Left {
  readonly code: number | null
  /** From the signal to the end. */
  readonly afterMs: number
}

const LOOK_EVERY_MS = 20
const START_LIMIT_MS = 60_000
/** Cloud Run kills a container after this time. */
const LEAVE_LIMIT_MS = 10_000

/** Mounts what a container has, read-only, and becomes the image's program, which is process 1 of its own namespace then. */
const ENTER = `set -e
root=$1; shift; folder=$1; shift; user=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$SANDBOX_MODULES" "$root/mnt"
mount -o remount,ro,bind "$root"
exec unshare --root="$root" --wd="$folder" --setgid="$user" --setuid="$user" "$@"`

/**
 * A container of the image on this machine's network: with its own processes, as the image's user, on a read-only root. The sandbox's
 * modules that lead it to the simulator are mounted besides, since the product has no such switch.
 */
export class Container {
  readonly #child: ChildProcess
  readonly #startedAt = performance.now()
  readonly #exited: Promise<number | null>
  readonly #probes: string
  readonly output: string[] = []

  constructor({ root, config }: MountedImage, environment: Readonly<Record<string, string>>) {
    const [user = ''] = config.User.split(':')
    const words = [...config.Entrypoint, ...config.Cmd]
    this.#probes = `http://127.0.0.1:${environment['PROBE_PORT']}`
    this.#child = spawn(
      'unshare',
      ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', ENTER, 'sh', root, config.WorkingDir, user, ...words],
      {
        env: { ...variablesOf(config), ...environment, SANDBOX_MODULES: repositoryFile('sandbox') },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.output.push(chunk.toString()))
    }
    this.#exited = once(this.#child, 'exit').then(([code]) => code as number | null)
  }

  /** Resolves when it is ready, with the milliseconds since its start. Throws when it ends before. */
  async untilReady(): Promise<number> {
    for (;;) {
      if (await this.answers('/startup')) return performance.now() - this.#startedAt
      const isOver = this.#child.exitCode !== null || performance.now() - this.#startedAt > START_LIMIT_MS
      if (isOver) throw new Error(`The container did not become ready:\n${this.output.join('').slice(-2000)}`)
      await pause(LOOK_EVERY_MS)
    }
  }

  async answers(probe: '/startup' | '/live'): Promise<boolean> {
    return await fetch(`${this.#probes}${probe}`).then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  /** The process as the machine sees it. Null until it runs the image's program. */
  process(): { pid: number; namespacePid: string; user: string; rssMb: number; computedMs: number } | null {
    try {
      const own = this.#child.pid ?? 0
      const pid = Number(readFileSync(`/proc/${own}/task/${own}/children`, 'utf8').trim())
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? ''
      if (!field('Name').includes('node') && field('Name') !== 'MainThread') return null
      const [, namespacePid = ''] = field('NSpid').split(/\s+/)
      // User and system time in hundredths of a second, after the name in brackets.
      const [utime = 0, stime = 0] =
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? []
      return {
        pid,
        namespacePid,
        computedMs: (utime + stime) * 10,
        user: field('Uid').split(/\s+/)[0] ?? '',
        rssMb: Number.parseInt(field('VmRSS'), 10) / 1024,
      }
    } catch {
      return null
    }
  }

  /** Waits until the image's program has computed for so long: on a busy machine that says more than a clock. */
  async untilComputed(forMs: number): Promise<void> {
    while ((this.process()?.computedMs ?? 0) < forMs && this.#child.exitCode === null) await pause(1)
  }

  /** Sends SIGTERM. A container that is still there after ten seconds is killed, as Cloud Run does. */
  async leave(): Promise<Left> {
    const signalledAt = performance.now()
    process.kill(this.process()?.pid ?? 0, 'SIGTERM')
    const late = setTimeout(() => this.kill(), LEAVE_LIMIT_MS)
    const code = await this.#exited
    clearTimeout(late)
    return { code, afterMs: Math.round(performance.now() - signalledAt) }
  }

  /** Ends process 1, and with it all of its namespace. */
  kill(): void {
    const running = this.process()
    if (running !== null) process.kill(running.pid, 'SIGKILL')
    this.#child.kill('SIGKILL')
  }
}

const variablesOf = ({ Env }: ImageConfig): Record<string, string> =>
  Object.fromEntries(Env.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
