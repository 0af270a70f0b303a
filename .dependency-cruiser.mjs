// Makes the import rules from the table of layers in docs/ARCHITECTURE.md. `npm run check` also fails when fewer modules were seen
// than there are source files.
import { readFileSync } from 'node:fs'

const PACKAGES = {
  baileys: '(^|/)node_modules/(@whiskeysockets/baileys|libsignal|whatsapp-rust-bridge)/',
  hono: '(^|/)node_modules/hono/',
  opentelemetry: '(^|/)node_modules/@opentelemetry/',
  google: '(^|/)node_modules/(@google-cloud|firebase-admin|google-gax)/',
}

const layers = rowsOf(readFileSync(new URL('docs/ARCHITECTURE.md', import.meta.url), 'utf8'))
const parts = [...new Set(layers.map(({ folder }) => folder.split('/')[0]))]
const TEST = String.raw`\.test\.ts$`

/** The rows of the table: a folder, the folders that it may import, the packages that it may import beside the free ones. */
function rowsOf(page) {
  const table = /<!-- layers -->\n([^]*?)<!-- \/layers -->/.exec(page)?.[1] ?? ''
  const cells = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
  const rows = cells.flatMap(([, folder, allowed, packages]) => {
    const names = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)
    const [name] = folder ? names(folder) : []
    return name ? [{ folder: name, allowed: names(allowed), packages: packages.split(' ').filter(Boolean) }] : []
  })
  if (rows.length === 0) throw new Error('docs/ARCHITECTURE.md has no table of layers.')
  return rows
}

/** Rows of folders inside this one. */
const inside = (folder) => layers.map((row) => row.folder).filter((other) => other.startsWith(`${folder}/`))

/** Matches the files that belong to the row of this folder. */
function filesOf(folder) {
  const others = inside(folder).map((other) => `${other.slice(folder.length + 1)}/`)
  return others.length === 0 ? `^${folder}/` : `^${folder}/(?!${others.join('|')})`
}

function allowedBy({ folder, allowed }) {
  const unknown = allowed.filter(
    (name) => !layers.some((row) => row.folder === name || `${row.folder}/`.startsWith(name.slice(0, -1))),
  )
  if (unknown.length > 0) throw new Error(`The table of layers has no row for ${unknown.join(', ')}, which ${folder} may import.`)
  return [filesOf(folder), ...allowed.map((name) => (name.endsWith('/*') ? `^${name.slice(0, -1)}` : filesOf(name)))]
}

const ofLayers = layers.map((row) => ({
  name: `layer ${row.folder}`,
  severity: 'error',
  from: { path: filesOf(row.folder), pathNot: TEST },
  to: { path: `^(${parts.join('|')})/`, pathNot: allowedBy(row) },
}))

/** Tests may import their package, and what its layers may import. */
const ofTests = parts.map((part) => ({
  name: `tests of ${part}`,
  severity: 'error',
  from: { path: `^${part}/.*${TEST}` },
  to: {
    path: `^(${parts.join('|')})/`,
    pathNot: [`^${part}/`, ...layers.filter(({ folder }) => folder.split('/')[0] === part).flatMap(allowedBy)],
  },
}))

const ofPackages = Object.entries(PACKAGES).map(([name, path]) => ({
  name: `only some layers import ${name}`,
  severity: 'error',
  from: {
    path: `^(${parts.join('|')})/`,
    pathNot: layers.filter(({ packages }) => packages.includes(name)).map(({ folder }) => filesOf(folder)),
  },
  to: { path },
}))

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    // Without a configuration nothing is traced, and a start must not pay for it.
    {
      name: 'traces-on-demand',
      severity: 'error',
      from: { path: `^(${parts.join('|')})/` },
      to: { path: PACKAGES.opentelemetry, dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'in-a-layer',
      severity: 'error',
      from: { path: `^(${parts.join('|')})/`, pathNot: [...layers.map(({ folder }) => filesOf(folder)), TEST] },
      to: {},
    },
    ...ofLayers,
    ...ofTests,
    ...ofPackages,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules/\\.cache|infra/build|dashboard/dist)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
}
