import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown, type Plugin } from 'rolldown'
import { bundleOf, BUNDLES } from '../../sandbox/bundles.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Inside of node_modules, so that a bundle finds the packages. */
const CACHE = join(root, 'node_modules/.cache/processes')

/** The product's processes. Those of the sandbox itself have few files, and start no faster from a bundle. */
const ENTRIES = ['functions/src/index.ts', 'functions/src/server.ts', 'runner/src/start.ts']

/** A preload of the runner, which notes there that it has run. */
const PRELOAD = join(root, 'runner/src/whatsapp/baileys/patches/inflate-limit.ts')

const SOURCES = ['package-lock.json', 'test/support/bundled-processes.ts', '{client,core,functions,runner}/src/**/*.ts']

const KEPT_MS = 24 * 60 * 60 * 1000

/**
 * Bundles the product's processes once for all test files, when the sources have changed. A process then reads one file instead of several
 * hundred: a start of the functions takes a third less CPU time, one of a runner a fifth. Packages stay outside of the bundles, as in what is deployed.
 */
export async function setup(): Promise<void> {
  if (process.env[BUNDLES] !== undefined) return
  const folder = join(CACHE, await sourceHash())
  if (!(await exists(folder))) {
    await removeOld()
    await build(folder)
  }
  process.env[BUNDLES] = folder
}

/** The folder appears when it is complete. Another test run may build the same one at the same time. */
async function build(folder: string): Promise<void> {
  const fresh = `${folder}.${process.pid}`
  try {
    await mkdir(fresh, { recursive: true })
    for (const entry of ENTRIES) await bundle(entry, join(fresh, dirname(entry)))
    // The API looks for its page beside itself.
    await symlink(join(root, 'dashboard/dist'), join(fresh, 'functions/src/dashboard'))
    await rename(fresh, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

async function bundle(entry: string, folder: string): Promise<void> {
  const isOwn = (id: string) => id.startsWith('.') || id.startsWith('/') || id.startsWith('@holdfast/')
  const name = bundleOf(entry).slice(dirname(entry).length + 1)
  const made = await rolldown({
    input: join(root, entry),
    platform: 'node',
    external: (id) => !isOwn(id),
    plugins: [preloaded],
  })
  await made.write({ dir: folder, format: 'esm', entryFileNames: name, chunkFileNames: `${name.slice(0, -3)}-[name].js` })
  await made.close()
}

/** Leaves the preload a module of its own, which is loaded once. */
const preloaded: Plugin = {
  name: 'preloaded',
  resolveId: (id, importer = '') =>
    resolve(dirname(importer), id) === PRELOAD ? { id: pathToFileURL(PRELOAD).href, external: true } : null,
}

async function sourceHash(): Promise<string> {
  const hash = createHash('sha256')
  for (const path of globSync(SOURCES, { cwd: root }).toSorted()) {
    const content = await readFile(join(root, path))
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}

async function removeOld(): Promise<void> {
  for (const name of await readdir(CACHE).catch(() => [])) {
    const path = join(CACHE, name)
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true })
  }
}

const exists = async (path: string): Promise<boolean> =>
  await stat(path).then(
    () => true,
    () => false,
  )
