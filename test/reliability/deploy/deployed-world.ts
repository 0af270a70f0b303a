import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GoogleRecorder, type Strike } from '../../support/google-recorder/recorder.ts'
import { PROJECT } from '../../support/google-recorder/world.ts'
import type { Strikes } from './strikes.ts'

const INFRA = fileURLToPath(new URL('../../../infra/main.ts', import.meta.url))
const STAND_IN = fileURLToPath(new URL('firebase-stand-in.ts', import.meta.url))

export interface DeployedWorldOptions {
  /** Path of gcloud. */
  readonly gcloud: string
  /** The firebase-tools to use; the stand-in if left out. */
  readonly firebase?: readonly string[] | undefined
  readonly strikes?: Pick<Strikes, 'next'>
  /** Fields of the environment file beside those of all. */
  readonly environment?: object
  /** Variables for the command, e.g. where stand-ins are. */
  readonly variables?: Readonly<Record<string, string>>
}

export interface Ended {
  readonly code: number
  /** The last line of its output, null if it wrote none or died. */
  readonly result: unknown
  /** What it told people. */
  readonly told: string
}

/** A recorder with an empty project, and the deployment's command talking to it. */
export class DeployedWorld {
  readonly recorder: GoogleRecorder
  readonly #folder: string
  readonly #environment: Record<string, string>
  #kill: () => void = () => {}
  #interrupt: () => void = () => {}

  private constructor(recorder: GoogleRecorder, folder: string, environment: Record<string, string>) {
    this.recorder = recorder
    this.#folder = folder
    this.#environment = environment
  }

  static async open({ gcloud, firebase, strikes, environment, variables = {} }: DeployedWorldOptions): Promise<DeployedWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-deploy-'))
    const world: { here?: DeployedWorld } = {}
    const strike: Strike = ({ what, client }) => {
      // Only commands have names.
      const [pid = '', command = ''] = client.split(':')
      if (pid === '') return 'let through'
      const struck = strikes?.next({ what, pid: Number(pid), command }) ?? null
      if (struck === null) return 'let through'
      kill(Number(pid))
      if (struck.everything) world.here?.kill()
      return struck.fate
    }
    const recorder = await GoogleRecorder.start({ folder, strike })
    const programs = join(folder, 'bin')
    mkdirSync(programs)
    writeProgram(join(programs, 'gcloud'), namedByProxy('CLOUDSDK_PROXY_USERNAME=$$', 'CLOUDSDK_PROXY_PASSWORD=$sum', gcloud))
    const words = (firebase ?? [process.execPath, STAND_IN]).map((word) => `'${word}'`).join(' ')
    const proxy = recorder.url.replace('http://', 'http://$$:$sum@')
    writeProgram(join(programs, 'firebase'), namedByProxy(`HTTPS_PROXY=${proxy}`, `HTTP_PROXY=${proxy}`, words))
    const path = [programs, process.env['PATH']].join(delimiter)
    // The real firebase-tools know one place of files only. With them, two worlds at the same time disturb each other.
    const files = firebase === undefined ? { HOLDFAST_FILES: join(folder, 'files') } : {}
    const own = { ...recorder.environment(), ...files, PATH: path, CI: '1', ...variables }
    world.here = new DeployedWorld(recorder, folder, own)
    world.here.wish(environment ?? {})
    return world.here
  }

  /** Writes the environment file anew, with these fields besides those of every world. */
  wish(more: object): void {
    writeFileSync(join(this.#folder, 'environment.json'), JSON.stringify({ ...ENVIRONMENT, ...more }))
  }

  /** Runs a verb to its end. `input` is what a person types, who interrupts it when it says `interruptAt`. */
  infra(
    verb: string,
    { words = [], input = '', interruptAt }: { words?: readonly string[]; input?: string; interruptAt?: string } = {},
  ): Promise<Ended> {
    const named = ['--environment', join(this.#folder, 'environment.json'), '--firebase', 'firebase', '--json', ...words]
    return new Promise((resolve, reject) => {
      // A group of its own, so that all of it can die at one instant.
      const child = spawn(process.execPath, [INFRA, verb, ...named], {
        env: { ...process.env, ...this.#environment },
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      this.#kill = () => kill(-(child.pid ?? 0))
      this.#interrupt = () => void child.kill('SIGINT')
      const output: string[] = []
      const told: string[] = []
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
      child.stderr.on('data', (chunk: Buffer) => {
        told.push(chunk.toString())
        if (interruptAt === undefined || !told.join('').includes(interruptAt)) return
        interruptAt = undefined
        child.kill('SIGINT')
      })
      child.stdin.on('error', () => {})
      child.stdin.end(input)
      child.on('error', reject)
      // A killed gcloud can leave processes behind.
      child.on('exit', () => this.kill())
      child.on('close', (code) => resolve({ code: code ?? -1, result: lastLine(output.join('')), told: told.join('') }))
    })
  }

  /** Kills the running verb and all of its commands. */
  kill(): void {
    this.#kill()
  }

  /** Stops the running verb as Ctrl-C does. */
  interrupt(): void {
    this.#interrupt()
  }

  async close(): Promise<void> {
    this.kill()
    await this.recorder.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

const ENVIRONMENT = {
  v: 1,
  project: PROJECT,
  variables: { TIME_ZONE: 'America/Sao_Paulo', FLEET_MAX: '10' },
  egress: { fixedAddress: true },
  encryption: { kmsKey: 'own' },
  audit: { dataAccess: true },
  api: { access: 'load-balancer', domain: 'api.example.com' },
  alerts: { emails: ['operators@example.com'] },
  budget: { billingAccount: '01AB23-45CD67-89EF01', usdAMonth: 100 },
}

function lastLine(output: string): unknown {
  const line = output.trim().split('\n').at(-1) ?? ''
  try {
    return JSON.parse(line) as unknown
  } catch {
    return null
  }
}

function writeProgram(file: string, script: string): void {
  writeFileSync(file, script)
  chmodSync(file, 0o755)
}

/** Runs a program under a name that it tells the proxy: its process id, and a sum of its words. */
const namedByProxy = (user: string, password: string, program: string): string => `#!/bin/sh
sum=$(printf %s "$*" | cksum | cut -d ' ' -f 1)
export ${user}
export ${password}
exec ${program} "$@"
`

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
