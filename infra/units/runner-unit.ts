import { cpSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from './lock-file.ts'
import { readManifest, ROOT } from './repository.ts'

export const RUNNER_WORKSPACES = ['core', 'runner'] as const

/**
 * Copies the TypeScript of core and runner without their tests, and the files that make an image of it.
 * The runner is never bundled: a bundler moves the import of Baileys before the modules that patch it.
 */
export function copyRunner(folder: string): Manifest {
  for (const workspace of RUNNER_WORKSPACES) {
    for (const part of ['package.json', 'src']) {
      const [from, to] = [join(ROOT, workspace, part), join(folder, workspace, part)]
      cpSync(from, to, { recursive: true, filter: isShipped })
    }
  }
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  cpSync(join(ROOT, 'infra/images/runner.Dockerfile'), join(folder, 'Dockerfile'))
  cpSync(join(ROOT, 'infra/images/runner.dockerignore'), join(folder, '.dockerignore'))
  const { version } = readManifest('runner')
  return { name: 'holdfast-runner', version, private: true, license: 'Apache-2.0', type: 'module', workspaces: RUNNER_WORKSPACES }
}

/** Pure: decides whether a file or folder of the sources belongs to the image. */
const isShipped = (path: string): boolean => !/\.test\.ts$|[/\\]testing$/.test(path)
