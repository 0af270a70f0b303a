import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
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
  const { dependencies } = await bundle('functions/src/index.ts', folder)
  copyPages(folder)
  return { ...manifestOf('holdfast-functions'), dependencies }
}

/** Bundles the API as a server in the same way, with the packages that it imports and no others, and copies what makes an image of it. */
export async function bundleServer(folder: string): Promise<Manifest> {
  const { dependencies, imported } = await bundle('functions/src/server.ts', folder)
  copyPages(folder)
  cpSync(join(ROOT, 'LICENSE'), join(folder, 'LICENSE'))
  cpSync(join(ROOT, 'infra/images/server.Dockerfile'), join(folder, 'Dockerfile'))
  cpSync(join(ROOT, 'infra/images/runner.dockerignore'), join(folder, '.dockerignore'))
  const used = Object.fromEntries(Object.entries(dependencies).filter(([name]) => imported.has(name)))
  return { ...manifestOf('holdfast-server'), dependencies: used }
}

const SWAGGER = 'node_modules/swagger-ui-dist'

/** What the page of the API loads, and its licence. */
const SWAGGER_FILES = ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']

/** Copies what browsers are served to the place where the bundle looks for it: the dashboard, which is built before, and the page of the API. */
function copyPages(folder: string): void {
  const dashboard = join(ROOT, 'dashboard')
  execFileSync(process.execPath, [join(dashboard, 'build.ts')], { stdio: ['ignore', 'ignore', 'inherit'] })
  cpSync(join(dashboard, 'dist'), join(folder, 'dashboard'), { recursive: true })
  const docs = join(folder, 'api-docs')
  mkdirSync(docs)
  for (const file of SWAGGER_FILES) cpSync(join(ROOT, SWAGGER, file), join(docs, file))
}

async function bundle(entry: string, folder: string): Promise<{ dependencies: Record<string, string>; imported: Set<string> }> {
  const functions = readManifest('functions')
  const bundle = await rolldown({
    input: join(ROOT, entry),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith(`${CORE}/`),
  })
  // What an entry imports later stays in a file of its own.
  const { output } = await bundle.write({
    dir: folder,
    entryFileNames: 'index.js',
    chunkFileNames: '[name].js',
    format: 'esm',
    sourcemap: true,
  })
  await bundle.close()
  const { [CORE]: _, ...direct } = functions.dependencies ?? {}
  const dependencies = sortedByKey({ ...readManifest('core').dependencies, ...direct })
  const chunks = output.filter((part): part is OutputChunk => part.type === 'chunk')
  const own = new Set(chunks.map(({ fileName }) => fileName))
  const imports = chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]).filter((id) => !own.has(id))
  const undeclared = undeclaredPackages(imports, dependencies)
  if (undeclared.length > 0) {
    throw new Error(`functions/ or core/ imports ${undeclared.join(', ')}, which neither of their package.json files declares.`)
  }
  return { dependencies, imported: new Set(imports.map(packageOf)) }
}

const manifestOf = (name: string): Manifest => ({
  name,
  version: readManifest('functions').version,
  private: true,
  license: 'Apache-2.0',
  type: 'module',
  main: 'index.js',
  engines: { node: '24' },
})

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
