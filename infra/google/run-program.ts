import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { processEnvironment } from '../config.ts'

/** Output that a program wrote right before its end arrives within this time. */
const LAST_WORDS_MS = 1000

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  /** What the program wrote to its standard error. */
  readonly complaints: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly input?: string
  /** Variables besides those of this process. */
  readonly more?: Readonly<Record<string, string>>
  /** Variables of this process that the program does not get. */
  readonly without?: RegExp
  /** Ends the program with SIGTERM. */
  readonly signal?: AbortSignal
}

/**
 * Runs a program to its end. It never blocks this process: connections that a server closes meanwhile would go unnoticed.
 *
 * @throws Error when the program cannot be started
 */
export function runProgram([file = '', ...args]: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd, input = '', more = {}, without, signal } = options
  const own = Object.entries(processEnvironment).filter(([name]) => without?.test(name) !== true)
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { ...Object.fromEntries(own), ...more }, stdio: ['pipe', 'pipe', 'pipe'] })
    const stop = () => child.kill()
    signal?.addEventListener('abort', stop)
    if (signal?.aborted) stop()
    let output = ''
    let complaints = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
    // A program that ends without reading its input closes the pipe.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    child.on('error', (error) => reject(new Error(`${file} could not be started: ${error.message}`, { cause: error })))
    child.on('exit', (code, endedBy) => {
      signal?.removeEventListener('abort', stop)
      const end = () => {
        child.stdout.destroy()
        child.stderr.destroy()
        resolve({ code, signal: endedBy, output, complaints })
      }
      // A killed gcloud can leave processes behind that keep its output open.
      child.on('close', end)
      void sleep(LAST_WORDS_MS, undefined, { ref: false }).then(end)
    })
  })
}
