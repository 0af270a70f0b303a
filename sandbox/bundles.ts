import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The variable that names the folder of bundles. */
export const BUNDLES = 'SANDBOX_BUNDLES'

/** `sandbox/whatsapp/main.ts` → `sandbox/whatsapp/main.js` */
export const bundleOf = (source: string): string => source.replace(/\.ts$/, '.js')

/** Returns what starts in place of a source file of this repository: the bundle that a test run made of it, or the file itself. */
export function bundled(source: string): string {
  const folder = process.env[BUNDLES]
  if (folder === undefined) return source
  const bundle = join(folder, bundleOf(relative(root, source)))
  return existsSync(bundle) ? bundle : source
}
