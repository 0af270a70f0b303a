import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Screen } from './screen.ts'

const HOLDFAST = fileURLToPath(new URL('../../cli/bin/holdfast.mjs', import.meta.url))

export interface PtyOptions {
  readonly columns: number
  readonly rows: number
  readonly env: Record<string, string>
}

/**
 * `holdfast` in a real pseudo-terminal, which `script` of util-linux opens: every Linux has it. A package for that would have to compile or
 * download a binary.
 */
export class HoldfastPty implements AsyncDisposable {
  readonly screen: Screen
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>

  constructor(args: readonly string[], { columns, rows, env }: PtyOptions) {
    this.screen = new Screen(rows)
    const words = [process.execPath, HOLDFAST, ...args].map(quoted).join(' ')
    const command = `stty cols ${columns} rows ${rows}; exec ${words}`
    this.#child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1', ...env },
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.screen.write(text))
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject)
      this.#child.on('close', resolve)
    })
  }

  /** Types at the terminal. */
  type(keys: string): void {
    this.#child.stdin?.write(keys)
  }

  /** Resolves with the exit code of the command. */
  ended(): Promise<number | null> {
    return this.#ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill()
    await this.#ended
  }
}

export const CTRL_C = '\u0003'

const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`
