import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LockFile, Manifest } from './lock-file.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** The folder of all built units. Git ignores it. */
export const BUILT = join(ROOT, 'infra/build')

export const UNITS = ['functions', 'runner', 'server'] as const
export type Unit = (typeof UNITS)[number]

/** What is built for one check of `verify-live`, and is no part of an installation. */
export const TRIAL = 'trial'

/** The command line, which people install. It is no part of an installation either. */
export const CLI = 'cli'

/** Reads the manifest of a workspace, or of the repository itself when the folder is empty. */
export const readManifest = (folder: string): Manifest => readJson(join(ROOT, folder, 'package.json')) as Manifest

export const readLock = (): LockFile => readJson(join(ROOT, 'package-lock.json')) as LockFile

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
