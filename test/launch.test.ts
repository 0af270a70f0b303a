import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { alive, commandOf, descendants } from './support/fixtures/process-table.ts'

const launcher = fileURLToPath(new URL('../launch.mjs', import.meta.url))

let folder: string
let npm: ChildProcess
let processes: number[] = []

afterEach(async () => {
  for (const pid of alive(processes)) process.kill(pid, 'SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** Runs a script of npm that begins with the launcher, as `npm start` does. Resolves when its last process is up. */
async function start(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-launch-'))
  const scripts = { start: `node ${launcher} test/support/fixtures/launched.ts ${folder}` }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'launched', private: true, scripts }))
  npm = spawn('npm', ['start', '--no-update-notifier'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(npm.stdout ?? process.stdin)) if (line.includes('launched":true')) break
  // npm, perhaps a shell, the launcher, the sandbox, and its one process.
  processes = [npm.pid ?? 0, ...descendants(npm.pid ?? 0)]
  expect(processes.length).toBeGreaterThanOrEqual(4)
}

const find = (command: RegExp): number | undefined => processes.find((pid) => command.test(commandOf(pid)))

const SHELL = /^\S*sh .*launch\.mjs/
const LAUNCHER = /^\S*node \S*launch\.mjs/
const SANDBOX = /^\S*node (?!\S*launch\.mjs).*fixtures\/launched\.ts/

test.each([
  ['SIGTERM', 'npm', () => npm.pid],
  ['SIGKILL', 'npm', () => npm.pid],
  // Where npm's shell has become the launcher, this one is the launcher.
  ['SIGKILL', 'the shell of npm', () => find(SHELL) ?? find(LAUNCHER)],
  ['SIGTERM', 'the launcher', () => find(LAUNCHER)],
  ['SIGKILL', 'the launcher', () => find(LAUNCHER)],
  ['SIGKILL', 'the sandbox', () => find(SANDBOX)],
] as const)('%s to %s ends every process of `npm start`', async (signal, _whom, pid) => {
  await start()
  process.kill(pid() ?? 0, signal)
  await vi.waitFor(() => expect(alive(processes).map(commandOf)).toEqual([]), { timeout: 15_000, interval: 100 })
})
