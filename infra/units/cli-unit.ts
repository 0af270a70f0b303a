import { chmodSync, cpSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { undeclaredPackages } from './functions-unit.ts'
import { type Manifest, sortedByKey } from './lock-file.ts'
import { readManifest, ROOT } from './repository.ts'

const CLIENT = '@holdfast/client'
const FILE = 'holdfast.js'

/**
 * Bundles the command line with its part of the client into one file, which npm installs anywhere: Node refuses TypeScript below
 * `node_modules`. Packages stay outside of the bundle.
 *
 * @throws Error when the code imports a package that no manifest declares
 */
export async function bundleCli(folder: string): Promise<Manifest> {
  const bundle = await rolldown({
    input: join(ROOT, 'cli/src/main.ts'),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith(`${CLIENT}/`),
  })
  const { output } = await bundle.write({
    dir: folder,
    entryFileNames: FILE,
    format: 'esm',
    banner: '#!/usr/bin/env node',
    codeSplitting: false,
  })
  await bundle.close()
  chmodSync(join(folder, FILE), 0o755)
  for (const file of ['LICENSE', 'docs/CLI.md']) cpSync(join(ROOT, file), join(folder, file === 'LICENSE' ? file : 'README.md'))
  const { dependencies: own = {}, name, version, engines } = readManifest('cli')
  const { [CLIENT]: _, ...direct } = own
  const dependencies = sortedByKey({ ...readManifest('client').dependencies, ...direct })
  const imports = output.flatMap((part) => (part.type === 'chunk' ? [...part.imports, ...part.dynamicImports] : []))
  const undeclared = undeclaredPackages(imports, dependencies)
  if (undeclared.length > 0) throw new Error(`cli/ or client/ imports ${undeclared.join(', ')}, which neither declares.`)
  return {
    name,
    version,
    license: 'Apache-2.0',
    type: 'module',
    bin: { holdfast: FILE },
    ...(engines && { engines }),
    dependencies,
  }
}
