import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleFunctions, bundleServer } from './functions-unit.ts'
import { cutLock, type Manifest } from './lock-file.ts'
import { readLock, readManifest, type Unit } from './repository.ts'
import { billOfMaterials } from './sbom.ts'
import { copyRunner, RUNNER_WORKSPACES } from './runner-unit.ts'

export interface BuiltUnit {
  readonly folder: string
  /** Number of packages that `npm ci` may install there. */
  readonly packages: number
}

/**
 * Builds one unit of deployment: a folder below `parent` that stands by itself, with its own package.json and package-lock.json.
 * The folder replaces the earlier one only when it is complete.
 */
export async function buildUnit(unit: Unit, parent: string): Promise<BuiltUnit> {
  const folder = join(parent, unit)
  const fresh = join(parent, `.${unit}-${process.pid}`)
  mkdirSync(fresh, { recursive: true })
  try {
    const { manifest, workspaces } = await fill(unit, fresh)
    const lock = cutLock(readLock(), manifest, workspaces)
    writeJson(join(fresh, 'package.json'), manifest)
    writeJson(join(fresh, 'package-lock.json'), lock)
    if (unit !== 'functions') {
      // The runner's image has no peers.
      const installed = cutLock(readLock(), manifest, workspaces, { peers: unit !== 'runner' })
      writeJson(join(fresh, 'sbom.cdx.json'), billOfMaterials(installed))
    }
    rmSync(folder, { recursive: true, force: true })
    renameSync(fresh, folder)
    return { folder, packages: Object.keys(lock.packages).filter((path) => path.startsWith('node_modules/')).length }
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

async function fill(unit: Unit, folder: string): Promise<{ manifest: Manifest; workspaces: Record<string, Manifest> }> {
  switch (unit) {
    case 'functions':
      return { manifest: await bundleFunctions(folder), workspaces: {} }
    case 'server':
      return { manifest: await bundleServer(folder), workspaces: {} }
    case 'runner': {
      const workspaces = Object.fromEntries(RUNNER_WORKSPACES.map((name) => [name, readManifest(name)]))
      return { manifest: copyRunner(folder), workspaces }
    }
  }
}

const writeJson = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`)
