import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Manifest } from './lock-file.ts'
import { readManifest, ROOT } from './repository.ts'

export const TRIAL_WORKSPACES = ['client', 'core', 'functions', 'runner', 'sandbox', 'test'] as const

/** What runs in the trial, beside the manifests. */
const PARTS = [
  'client/src',
  'core/src',
  'functions/src',
  'runner/src',
  'sandbox',
  'test/support',
  'test/reliability/chaos',
  'test/reliability/trial',
  'infra/verify/commit-latency.ts',
  'LICENSE',
]

/**
 * Copies the product, the sandbox and what strikes in it, as the TypeScript that it is. The image of it is no part of an installation:
 * its runners trust a simulator. `verify-live` builds it for one check, and removes it afterwards.
 */
export function copyTrial(folder: string): Manifest {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter: isShipped })
  for (const workspace of TRIAL_WORKSPACES) {
    const file = join(folder, workspace, 'package.json')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${JSON.stringify(manifestOf(workspace), null, 2)}\n`)
  }
  cpSync(join(ROOT, 'infra/images/trial.Dockerfile'), join(folder, 'Dockerfile'))
  cpSync(join(ROOT, 'infra/images/runner.dockerignore'), join(folder, '.dockerignore'))
  const { version } = readManifest('runner')
  return { name: 'holdfast-trial', version, private: true, license: 'Apache-2.0', type: 'module', workspaces: TRIAL_WORKSPACES }
}

/** Without the packages of tests, which the lock file of the trial does not have. */
function manifestOf(workspace: string): Manifest {
  const { devDependencies: _, ...manifest } = readManifest(workspace)
  return manifest
}

/** Pure: decides whether a file or folder of the sources belongs to the image. */
const isShipped = (path: string): boolean => !/\.test\.ts$|[/\\](testing|node_modules)$/.test(path)
