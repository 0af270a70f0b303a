import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Builds the page into `dashboard/dist`, from which the API serves it. It does nothing when its sources are those of the last build.
 * `npm run dashboard`, `npm start` and the tests run it. The check reads files only: Vite is loaded when there is something to build.
 */
const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const CLIENT = join(FOLDER, '../client/src')
const LOCK = join(FOLDER, '../package-lock.json')
const DIST = join(FOLDER, 'dist')
const STAMP = join(FOLDER, '.built')

/** What is not a source of the page: `.built`, `dist`, a build under way, tests. */
const isSource = (path: string): boolean => !/^(dist|\.|node_modules)|\.test\.ts$/.test(path)

function sourceFiles(): string[] {
  const own = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter(isSource)
    .map((path) => join(FOLDER, path))
  // The rest of the client is types.
  const client = readdirSync(CLIENT, { encoding: 'utf8' }).map((path) => join(CLIENT, path))
  return [...own, ...client, LOCK].filter((path) => statSync(path).isFile()).toSorted()
}

function hashOfSources(): string {
  const hash = createHash('sha256')
  for (const path of sourceFiles())
    hash
      .update(`${path.slice(FOLDER.length)}\0`)
      .update(readFileSync(path))
      .update('\0')
  return hash.digest('hex')
}

async function build(): Promise<void> {
  // Vite leaves out what is for production only, and the tests that begin a build have another environment.
  process.env['NODE_ENV'] = 'production'
  const { build } = await import('vite')
  // Whoever is served meanwhile gets the former page, whole.
  const fresh = join(FOLDER, `.dist-${process.pid}`)
  await build({ root: FOLDER, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } })
  rmSync(DIST, { recursive: true, force: true })
  renameSync(fresh, DIST)
}

const hash = hashOfSources()
if (!existsSync(DIST) || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== hash) {
  process.stderr.write('Building the dashboard ...\n')
  await build()
  writeFileSync(STAMP, hash)
}
