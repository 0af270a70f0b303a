/** A package.json, as far as the build reads and writes it. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly license?: string
  readonly type?: string
  readonly main?: string
  readonly bin?: Readonly<Record<string, string>>
  readonly workspaces?: readonly string[]
  readonly engines?: Readonly<Record<string, string>>
  /** Package name → exact version. */
  readonly dependencies?: Dependencies
  readonly devDependencies?: Dependencies
}

type Dependencies = Readonly<Record<string, string>>

/** One entry of a package-lock.json (lockfileVersion 3), as far as the cut reads it. */
export interface LockedPackage {
  readonly version?: string
  readonly license?: string
  /** The hash that npm checks, e.g. `sha512-` and base64. */
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dependencies?: Dependencies
  readonly devDependencies?: Dependencies
  readonly optionalDependencies?: Dependencies
  readonly peerDependencies?: Dependencies
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** A package-lock.json. Its keys are folders: `core`, `node_modules/zod`, `node_modules/a/node_modules/b`. */
export interface LockFile {
  readonly name: string
  readonly version: string
  readonly lockfileVersion: number
  readonly requires: true
  readonly packages: Readonly<Record<string, LockedPackage>>
}

/**
 * Cuts the packages that a manifest and its workspaces need out of the repository's lock file.
 * So a unit is deployed with the versions that were tested, and `npm ci` accepts its lock file.
 *
 * @param workspaces folder → manifest, for each workspace of `manifest`
 * @param options peers: false leaves out what only peers bring along, as `npm ci --omit=peer` does
 * @throws Error when the lock file misses a needed package, or holds another version than a manifest names
 */
export function cutLock(
  lock: LockFile,
  manifest: Manifest,
  workspaces: Readonly<Record<string, Manifest>>,
  { peers = true }: { peers?: boolean } = {},
): LockFile {
  const kept = new Map<string, LockedPackage>()
  const visit = (from: string, entry: LockedPackage): void => {
    for (const { name, isOptional } of neededBy(peers ? entry : withoutPeers(entry))) {
      const path = pathOf(lock, from, name)
      if (path === null) {
        // npm leaves the binaries of other systems out of a lock file.
        if (isOptional) continue
        throw new Error(`The lock file has no ${name}, which ${from || manifest.name} needs.`)
      }
      if (kept.has(path)) continue
      const found = lock.packages[path] as LockedPackage
      kept.set(path, found)
      if (found.link !== true) visit(path, found)
    }
  }

  const { name, version, license, engines, dependencies } = manifest
  const folders = Object.keys(workspaces)
  const root = { name, version, license, workspaces: folders.length > 0 ? folders : undefined, dependencies, engines }
  kept.set('', root as LockedPackage)
  for (const [folder, workspace] of Object.entries(workspaces)) {
    requireExact(lock, folder, workspace)
    kept.set(folder, withoutDev(lock.packages[folder] as LockedPackage))
    kept.set(`node_modules/${workspace.name}`, { resolved: folder, link: true })
  }
  for (const [folder, workspace] of Object.entries(workspaces)) visit(folder, workspace)
  requireExact(lock, '', manifest)
  visit('', manifest)
  return { name, version, lockfileVersion: lock.lockfileVersion, requires: true, packages: sortedByKey(Object.fromEntries(kept)) }
}

/**
 * Returns the packages that an entry needs. Optional peers are kept when the lock file has them, because npm expects them there.
 */
function neededBy(entry: LockedPackage): { name: string; isOptional: boolean }[] {
  const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = entry
  const names = [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...Object.keys(peerDependencies)]
  const isOptional = (name: string) => name in optionalDependencies || peerDependenciesMeta[name]?.optional === true
  return names.map((name) => ({ name, isOptional: isOptional(name) }))
}

/** What only tests need is deployed nowhere. */
function withoutDev(entry: LockedPackage): LockedPackage {
  const { devDependencies: _, ...deployed } = entry
  return deployed
}

const withoutPeers = (entry: LockedPackage): LockedPackage => ({ ...entry, peerDependencies: {} })

/** Finds a package as Node does: in the nearest `node_modules` first. */
function pathOf(lock: LockFile, from: string, name: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (lock.packages[path] !== undefined) return path
    if (at === '') return null
  }
}

function requireExact(lock: LockFile, folder: string, { name: dependent, dependencies = {} }: Manifest): void {
  for (const [name, version] of Object.entries(dependencies)) {
    const path = pathOf(lock, folder, name)
    const entry = path === null ? undefined : lock.packages[path]
    const locked = entry?.link === true ? lock.packages[entry.resolved ?? '']?.version : entry?.version
    if (locked !== version) throw new Error(`${dependent} names ${name} ${version}, but the lock file has ${locked ?? 'none'}.`)
  }
}

/** Sorts entries by name, as npm does, so that two builds of the same sources are identical. */
export function sortedByKey<Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
