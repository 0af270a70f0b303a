import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program of the repository in a process of its own, and ends it by SIGTERM after the limit. `env` is added to ours. */
export async function runProgram(entry: URL, args: string[], limitMs: number, env: Record<string, string> = {}): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(entry), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  const limit = setTimeout(() => child.kill('SIGTERM'), limitMs)
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  clearTimeout(limit)
  return { code, stdout, stderr }
}

/** Parses the last line of an output, which holds the figures of a program. */
export function lastLine(output: string): unknown {
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
}
