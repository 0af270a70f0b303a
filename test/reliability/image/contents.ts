import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { MountedImage } from './container.ts'

interface Bom {
  readonly components: readonly { readonly name: string; readonly version: string; readonly licenses: readonly object[] }[]
}

interface InstalledLock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly link?: boolean }>>
}

/** Looks at the files of the image. `problems` says what should not be so. */
export function contentsOf({ root, config }: MountedImage): {
  size: number
  packages: number
  shell: boolean
  problems: readonly string[]
} {
  const listed = distinct(read<Bom>(root, 'app/sbom.cdx.json').components.map(({ name, version }) => `${name}@${version}`))
  const installed = installedIn(root)
  const shell = globSync('{,usr/}{,local/}{bin,sbin}/{sh,bash,dash,ash,zsh,busybox}', { cwd: root }).length > 0
  const needless = globSync('app/node_modules/**/*.{d.ts,d.mts,d.cts,map}', { cwd: root }).length
  const { 'org.opencontainers.image.version': version, 'org.opencontainers.image.revision': revision } = config.Labels
  const problems = [
    ...listed.filter((one) => !installed.includes(one)).map((one) => `the bill of materials has ${one}, and the image has not`),
    ...installed.filter((one) => !listed.includes(one)).map((one) => `the image has ${one}, and the bill of materials has not`),
    ...(shell ? ['the image has a shell'] : []),
    ...(needless > 0 ? [`the image has ${needless} files of types and source maps`] : []),
    ...(installed.some((one) => /sharp|libvips/.test(one)) ? ['the image has sharp'] : []),
    ...(existsSync(join(root, 'app/node_modules/libsignal/LICENSE')) ? [] : ['the image lacks the licence of libsignal']),
    ...(config.User === '65532:65532' ? [] : [`the image runs as ${config.User}`]),
    ...(version === '1.2.3' && revision === 'f00d' ? [] : [`the labels are ${version} and ${revision}`]),
    ...writableIn(root),
  ]
  return { size: sizeOf(root), packages: installed.length, shell, problems }
}

/** Bytes of all files. */
const sizeOf = (root: string): number =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)

function installedIn(root: string): readonly string[] {
  const { packages } = read<InstalledLock>(root, 'app/node_modules/.package-lock.json')
  const own = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
  return distinct(
    own.map(([path, { version }]) => `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`),
  )
}

/** The user of the image may write to its compile cache, and to nothing else of the program. */
const writableIn = (root: string): readonly string[] =>
  ['', 'core', 'runner', 'node_modules', 'runner/src/start.ts']
    .filter((path) => statSync(join(root, 'app', path)).uid !== 0)
    .map((path) => `app/${path} belongs to the user of the image`)

const read = <Content>(root: string, path: string): Content => JSON.parse(readFileSync(join(root, path), 'utf8')) as Content

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted()
