import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs one of our programs as a process of its own, as a person would; it is asked to end when it takes too long. */
export async function runProgram(entry: URL, args: string[], limitMs: number): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(entry), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const limit = setTimeout(() => child.kill('SIGTERM'), limitMs)
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', resolve)
  })
  const [code, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  clearTimeout(limit)
  return { code, stdout, stderr }
}

/** The last line of an output, which the programs keep for the figures. */
export function lastLine(output: string): unknown {
  return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
}
