// Every script of package.json begins here. This file needs nothing but Node 20: it installs what is
// missing and goes on with the Node 24 that `npm install` brought (our code is TypeScript that Node 24 runs as it is).
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))

/** The table of processes is asked with each look, which takes milliseconds where it is a program of its own. */
const LOOK_AT_NPM_MS = process.platform === 'linux' ? 500 : 2000

const [entry, ...args] = process.argv.slice(2)
const parent = process.ppid
const whenNpmEnds = process.env.npm_lifecycle_event ? watchNpm() : () => {}
if (!entry) fail('Usage: node launch.mjs <entry.ts> [arguments]')

try {
  install()
} catch (error) {
  fail(error.message)
}
run(findNode(), join(root, entry), args)

/**
 * Installs when node_modules is missing or was made from another lock file. Two launchers at once wait for each other.
 * Not `npm ci`: it refuses a lock file without the binaries of other systems, which npm leaves out.
 * With `--no-save` the lock file decides all versions and stays as it is.
 */
function install() {
  const lockFile = readFileSync(join(root, 'package-lock.json'))
  const wanted = createHash('sha256').update(lockFile).digest('hex')
  const stamp = join(root, 'node_modules', '.holdfast-installed')
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted
  if (isInstalled()) return
  const guard = join(root, '.install-guard')
  for (let waited = 0; !acquire(guard); waited++) {
    if (isInstalled()) return
    if (waited === 5) process.stderr.write('Waiting for another command that installs the packages ...\n')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
  try {
    if (isInstalled()) return
    process.stderr.write('Installing packages (about half a minute, once) ...\n')
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const done = spawnSync(npm, ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    })
    if (done.status !== 0)
      throw new Error(
        `\`npm install\` failed${done.error ? ` (${done.error.message})` : ''}. Its output above says why; run it again when that is mended.`,
      )
    // A new file, because a copy of node_modules by hard links would share the old one and count as installed.
    rmSync(stamp, { force: true })
    writeFileSync(stamp, wanted)
  } finally {
    rmSync(guard, { force: true })
  }
}

/** A file is created by one process only. One whose process is gone was left by a launcher that was killed. */
function acquire(guard) {
  try {
    writeFileSync(guard, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (!isAlive(guard)) rmSync(guard, { force: true })
    return false
  }
}

function isAlive(guard) {
  try {
    const pid = Number(readFileSync(guard, 'utf8'))
    // Just created, its id not written yet.
    if (!pid) return true
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Node 24: the one that came with the packages (Linux), else the installed one. */
function findNode() {
  const bundled = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  if (process.platform === 'linux' && existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(
    `Holdfast runs on Node 24 or newer; this is ${process.version}. Install it from https://nodejs.org and run the command again.`,
  )
}

/** Runs the entry in the foreground, hands signals on and ends as it ends. */
function run(node, file, rest) {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(
    process.platform === 'win32' ? ';' : ':',
  )
  // Compiled once for all processes that a command starts: a runner is up in two thirds of the time.
  const cache = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'compiled')
  const endWithLauncher = pathToFileURL(join(root, 'end-with-launcher.mjs')).href
  const child = spawn(node, ['--import', endWithLauncher, file, ...rest], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: path, NODE_COMPILE_CACHE: cache },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  whenNpmEnds(() => child.kill('SIGTERM'))
  child.on('error', (error) => fail(`Could not start Node 24: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

/**
 * A killed npm leaves its script running, and so does a killed shell between npm and the script: what was below it has another
 * parent from then on. Some shells become the script, so that its parent is npm itself; npm's own parent may end when it likes.
 */
function watchNpm() {
  const isInShell = describe(parent, 'command').includes('launch.mjs')
  const above = () => `${process.ppid} ${isInShell ? describe(parent, 'ppid') : ''}`
  const atStart = above()
  return (onEnd) => {
    const timer = setInterval(() => {
      if (above() === atStart) return
      clearInterval(timer)
      onEnd()
    }, LOOK_AT_NPM_MS)
    timer.unref()
  }
}

/** Empty for a process that is gone, and on Windows. */
function describe(pid, what) {
  if (process.platform === 'win32') return ''
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-o', `${what}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  try {
    if (what === 'command') return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
