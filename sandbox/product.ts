import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const repositoryFile = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** The files of the product that a sandbox runs. */
export interface Product {
  readonly functionsEntry: string
  /** The API as a server. Null where the product has none. */
  readonly serverEntry: string | null
  readonly runnerEntry: string
  /**
   * Module that sets the limit which Baileys must find when it loads. The runner checks that its own copy of this module has run.
   */
  readonly inflateLimit: string
}

/** The product whose functions begin in a file, and whose runner lies in a folder. */
export const productIn = (functionsEntry: string, runnerFolder: string, serverEntry: string | null = null): Product => ({
  functionsEntry,
  serverEntry,
  runnerEntry: join(runnerFolder, 'runner/src/start.ts'),
  inflateLimit: join(runnerFolder, 'runner/src/whatsapp/baileys/patches/inflate-limit.ts'),
})

/** The sources of this repository. */
export const SOURCES = productIn(
  repositoryFile('functions/src/index.ts'),
  repositoryFile(''),
  repositoryFile('functions/src/server.ts'),
)

/** Builds the page that the API serves, where its sources have changed. */
export async function buildDashboard(): Promise<void> {
  await promisify(execFile)(process.execPath, [repositoryFile('dashboard/build.ts')])
}

/** Builds the units of deployment where their sources have changed, and returns them. */
export async function builtProduct(): Promise<Product> {
  await promisify(execFile)(process.execPath, [repositoryFile('infra/build.ts'), 'all', '--if-changed'])
  const runnerFolder = repositoryFile('infra/build/runner')
  await linkCore(runnerFolder)
  return productIn(repositoryFile('infra/build/functions/index.js'), runnerFolder, repositoryFile('infra/build/server/index.js'))
}

/**
 * Links the built core where `npm ci` would link it, so that the built runner does not find the sources of core.
 * It finds all other packages in the repository's node_modules, which saves an installation.
 */
async function linkCore(runnerFolder: string): Promise<void> {
  const link = join(runnerFolder, 'node_modules/@holdfast/core')
  if (existsSync(link)) return
  await mkdir(dirname(link), { recursive: true })
  await symlink('../../core', link)
}
