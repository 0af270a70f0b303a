import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual, promisify } from 'node:util'
import { productIn, repositoryFile, type Product } from '../../../sandbox/product.ts'

/** An earlier version of the product, unpacked. */
export interface Earlier {
  /** What was asked for, and the commit that it names. */
  readonly ref: string
  readonly commit: string
  /** Why this version stands for the earlier one; null when it does not. */
  readonly instead: string | null
  readonly product: Product
  /** Whether its API has messages for later, priorities and pools. */
  readonly hasQueue: boolean
}

/** There is no earlier version to run. The message says why. */
export class NoEarlier extends Error {}

const WORKSPACES = ['core', 'functions', 'runner']
const SOURCES = WORKSPACES.map((name) => `${name}/src`)

/**
 * Unpacks an earlier version into an empty folder. It runs with the packages of this one, if both have the same. Where nobody named
 * a version and none can be had, as in a shallow clone, this version stands for it: two runners of one version hand over as well.
 *
 * @throws NoEarlier when the named version does not exist, or when its packages are others
 */
export async function unpackEarlier(given: string | undefined, folder: string): Promise<Earlier> {
  if (given !== undefined) return unpack(given, folder)
  try {
    return await unpack(await refBefore(), join(folder, 'before'))
  } catch (error) {
    if (!(error instanceof NoEarlier)) throw error
    return { ...(await unpack('HEAD', join(folder, 'this'))), instead: error.message }
  }
}

async function unpack(ref: string, folder: string): Promise<Earlier> {
  mkdirSync(folder, { recursive: true })
  const commit = await git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`)
  if (commit === '') throw new NoEarlier(`git does not know ${ref}`)
  const archive = join(folder, 'earlier.tar')
  await git('archive', `--output=${archive}`, commit, ...WORKSPACES, 'package.json', 'package-lock.json')
  await promisify(execFile)('tar', ['-xf', archive, '-C', folder])
  const [theirs, ours] = [readLock(folder), readLock(repositoryFile(''))]
  const different = differentPackages(theirs, ours)
  if (different.length > 0) throw new NoEarlier(`${ref} has other packages: ${different.join(', ')}`)
  linkPackages(folder)
  const product = productIn(join(folder, 'functions/src/index.ts'), folder)
  const entry = existsSync(product.runnerEntry) ? product.runnerEntry : join(dirname(product.runnerEntry), 'main.ts')
  const hasQueue = existsSync(join(folder, 'functions/src/use-cases/accept-bulk.ts'))
  return { ref, commit, instead: null, product: { ...product, runnerEntry: entry }, hasQueue }
}

/** The version before this one: the newest tag, else the newest commit with other sources. */
async function refBefore(): Promise<string> {
  const tag = await git('describe', '--tags', '--abbrev=0', 'HEAD^')
  if (tag !== '') return tag
  const [, before] = (await git('log', '--max-count=2', '--format=%H', 'HEAD', '--', ...SOURCES)).split('\n')
  if (!before) throw new NoEarlier('there is no repository of git with an earlier version')
  return before
}

/** Empty when git fails. */
async function git(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', args, { cwd: repositoryFile('') })
    return stdout.trim()
  } catch {
    return ''
  }
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly version?: string; readonly integrity?: string }>>
}

const readLock = (folder: string): Lock => JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as Lock

/** Returns the packages that the earlier version runs with and this one has not. Pure. */
export function differentPackages(theirs: Lock, ours: Lock): string[] {
  const isNeeded = ([path, { dev }]: [string, Lock['packages'][string]]) => path.startsWith('node_modules/') && dev !== true
  return Object.entries(theirs.packages)
    .filter(isNeeded)
    .filter(([path, { version, integrity }]) => {
      const here = ours.packages[path]
      return !isDeepStrictEqual([version, integrity], [here?.version, here?.integrity])
    })
    .map(([path]) => path.slice('node_modules/'.length))
}

/** Links each package of this version, but its own workspaces, which a link to the whole folder would bring along. */
function linkPackages(folder: string): void {
  const [from, to] = [repositoryFile('node_modules'), join(folder, 'node_modules')]
  mkdirSync(join(to, '@holdfast'), { recursive: true })
  for (const name of readdirSync(from)) if (name !== '@holdfast') symlinkSync(join(from, name), join(to, name))
  for (const name of WORKSPACES) symlinkSync(`../../${name}`, join(to, '@holdfast', name))
}
