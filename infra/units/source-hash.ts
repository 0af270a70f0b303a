import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, type Unit } from './repository.ts'

/** The patterns of all files that a build reads. */
const SOURCES = [
  'package.json',
  'package-lock.json',
  'LICENSE',
  '{core,functions,runner}/package.json',
  '{core,functions,runner}/src/**/*.ts',
  'client/src/*.ts',
  'cli/{package.json,bin/*,src/**/*.ts}',
  'dashboard/{*.*,{src,worker,public}/**/*.*}',
  'infra/*.ts',
  'infra/{units,images}/*',
]

/** Returns a hash over the names and contents of all files that a build reads. */
export function sourceHash(): string {
  const hash = createHash('sha256')
  for (const path of globSync(SOURCES, { cwd: ROOT }).toSorted()) {
    const content = readFileSync(join(ROOT, path))
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/** Remembers beside a built unit the hash of the sources that it was made from. */
export class BuildStamp {
  readonly #unit: string
  readonly #file: string

  constructor(unit: Unit, parent: string) {
    this.#unit = join(parent, unit)
    this.#file = join(parent, `${unit}.sources`)
  }

  names(hash: string): boolean {
    return existsSync(join(this.#unit, 'package.json')) && existsSync(this.#file) && readFileSync(this.#file, 'utf8') === hash
  }

  write(hash: string): void {
    writeFileSync(this.#file, hash)
  }
}
