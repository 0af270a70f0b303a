import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleCli } from './cli-unit.ts'
import { bundleFunctions, bundleServer } from './functions-unit.ts'
import { cutLock, type Manifest } from './lock-file.ts'
import { CLI, readLock, readManifest, TRIAL, type Unit } from './repository.ts'
import { billOfMaterials } from './sbom.ts'
import { copyRunner, RUNNER_WORKSPACES } from './runner-unit.ts'
import { copyTrial, TRIAL_WORKSPACES } from './trial-unit.ts'

const ATTEMPTS = 5

/** What is deployed, and what is built for other ends. */
export type Buildable = Unit | typeof TRIAL | typeof CLI

export interface BuiltUnit {
  readonly folder: string
  /** Number of packages that `npm ci` may install there; of the command line those that it names. */
  readonly packages: number
}

/**
 * Builds one unit of deployment: a folder below `parent` that stands by itself, with its own package.json and package-lock.json.
 * The folder replaces the earlier one only when it is complete.
 */
export async function buildUnit(unit: Buildable, parent: string): Promise<BuiltUnit> {
  const folder = join(parent, unit)
  const fresh = join(parent, `.${unit}-${process.pid}`)
  mkdirSync(fresh, { recursive: true })
  try {
    const { manifest, workspaces } = await fill(unit, fresh)
    writeJson(join(fresh, 'package.json'), manifest)
    if (unit === CLI) {
      // npm reads no lock file of a package that it installs.
      replace(folder, fresh)
      return { folder, packages: Object.keys(manifest.dependencies ?? {}).length }
    }
    const lock = cutLock(readLock(), manifest, workspaces)
    writeJson(join(fresh, 'package-lock.json'), lock)
    if (unit === 'runner' || unit === 'server') {
      // The runner's image has no peers.
      const installed = cutLock(readLock(), manifest, workspaces, { peers: unit !== 'runner' })
      writeJson(join(fresh, 'sbom.cdx.json'), billOfMaterials(installed))
    }
    replace(folder, fresh)
    return { folder, packages: Object.keys(lock.packages).filter((path) => path.startsWith('node_modules/')).length }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Another build may put its own there between the two steps. */
function replace(folder: string, fresh: string): void {
  for (let attempt = 1; ; attempt++) {
    rmSync(folder, { recursive: true, force: true })
    try {
      return renameSync(fresh, folder)
    } catch (error) {
      if (attempt === ATTEMPTS || (error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
    }
  }
}

async function fill(unit: Buildable, folder: string): Promise<{ manifest: Manifest; workspaces: Record<string, Manifest> }> {
  switch (unit) {
    case 'functions':
      return { manifest: await bundleFunctions(folder), workspaces: {} }
    case 'server':
      return { manifest: await bundleServer(folder), workspaces: {} }
    case 'runner':
      return { manifest: copyRunner(folder), workspaces: manifestsOf(RUNNER_WORKSPACES) }
    case CLI:
      return { manifest: await bundleCli(folder), workspaces: {} }
    case TRIAL:
      return { manifest: copyTrial(folder), workspaces: manifestsOf(TRIAL_WORKSPACES) }
  }
}

const manifestsOf = (names: readonly string[]): Record<string, Manifest> =>
  Object.fromEntries(names.map((name) => [name, readManifest(name)]))

const writeJson = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
