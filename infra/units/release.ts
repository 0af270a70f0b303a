import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildUnit } from './build-unit.ts'
import { BUILT, ROOT, type Unit } from './repository.ts'
import { BuildStamp, sourceHash } from './source-hash.ts'

const DIGITS = 16

/** Builds a unit if its sources have changed, and returns a hash of what was built: equal units have equal hashes. */
export async function releaseOf(unit: Unit, parent: string = BUILT): Promise<string> {
  const stamp = new BuildStamp(unit, parent)
  const sources = sourceHash()
  if (!stamp.names(sources)) {
    await buildUnit(unit, parent)
    stamp.write(sources)
  }
  return folderHash(join(parent, unit))
}

/** Returns the commit of the sources, with `-dirty` if they are not those of it, or `unknown` where git cannot tell. */
export async function revisionOfSources(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--abbrev=40', '--dirty', '--exclude=*'], {
      cwd: ROOT,
    })
    return stdout.trim()
  } catch {
    return 'unknown'
  }
}

/** Returns a hash over the names and contents of all files in a folder. Installed packages do not count: the lock file names them. */
export function folderHash(folder: string): string {
  const hash = createHash('sha256')
  for (const path of globSync('**/*', { cwd: folder, exclude: ['node_modules'] }).toSorted()) {
    const file = join(folder, path)
    if (!statSync(file).isFile()) continue
    const content = readFileSync(file)
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, DIGITS)
}
