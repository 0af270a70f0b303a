import { join } from 'node:path'
import { rolldown, type OutputChunk } from 'rolldown'
import { type Manifest, sortedByKey } from './lock-file.ts'
import { readManifest, ROOT } from './repository.ts'

const CORE = '@holdfast/core'

/**
 * Bundles the functions and their part of core into `index.js` with a source map, and returns the manifest of the result.
 * Cloud Functions receives one folder only, and Node refuses TypeScript below `node_modules`.
 * Packages stay outside of the bundle and are installed by the cloud.
 *
 * @throws Error when the code imports a package that no manifest declares
 */
export async function bundleFunctions(folder: string): Promise<Manifest> {
  const functions = readManifest('functions')
  const bundle = await rolldown({
    input: join(ROOT, 'functions/src/index.ts'),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith(`${CORE}/`),
  })
  const { output } = await bundle.write({ file: join(folder, 'index.js'), format: 'esm', sourcemap: true, codeSplitting: false })
  await bundle.close()
  const { [CORE]: _, ...own } = functions.dependencies ?? {}
  const dependencies = sortedByKey({ ...readManifest('core').dependencies, ...own })
  const chunks = output.filter((part): part is OutputChunk => part.type === 'chunk')
  const undeclared = undeclaredPackages(
    chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]),
    dependencies,
  )
  if (undeclared.length > 0) {
    throw new Error(`functions/ or core/ imports ${undeclared.join(', ')}, which neither of their package.json files declares.`)
  }
  return {
    name: 'holdfast-functions',
    version: functions.version,
    private: true,
    license: 'Apache-2.0',
    type: 'module',
    main: 'index.js',
    engines: { node: '24' },
    dependencies,
  }
}

/** Returns the packages of module specifiers that `dependencies` does not name. Node's own modules need no declaration. */
export function undeclaredPackages(imports: readonly string[], dependencies: Readonly<Record<string, string>>): string[] {
  const packages = imports.filter((id) => !id.startsWith('node:')).map(packageOf)
  return [...new Set(packages)].filter((name) => !(name in dependencies)).toSorted()
}

/** `@scope/name/path` → `@scope/name` */
const packageOf = (id: string): string =>
  id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')
