import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

interface Locked {
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
  readonly peer?: boolean
  readonly link?: boolean
}

const PERMISSIVE = new Set(['MIT', 'MIT-0', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'BlueOak-1.0.0'])

/** A licence that leaves the choice is as good as the best of them. */
const isPermissive = (license: string): boolean =>
  license
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => PERMISSIVE.has(one))

const root = new URL('../../../', import.meta.url)
const read = (name: string): Promise<string> => readFile(new URL(name, root), 'utf8')

/** Returns every package that npm may install on any platform, with the licence in its manifest. */
async function packages() {
  const lock = JSON.parse(await read('package-lock.json')) as { packages: Record<string, Locked> }
  const installed = Object.entries(lock.packages).filter(([path, { link }]) => path.includes('node_modules/') && !link)
  const named = installed.map(async ([path, locked]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    isDev: locked.dev === true || locked.devOptional === true,
    isPeer: locked.peer === true,
    license: locked.license ?? (await manifestLicense(path)),
  }))
  return Promise.all(named)
}

/** Reads a licence from an old-style manifest, whose `licenses` field the lock file leaves out. */
async function manifestLicense(path: string): Promise<string> {
  const { licenses = [] } = JSON.parse(await read(`${path}/package.json`)) as { licenses?: readonly { readonly type: string }[] }
  return licenses.map(({ type }) => type).join(' AND ')
}

const notPermissive = (all: Awaited<ReturnType<typeof packages>>) => all.filter(({ license }) => !isPermissive(license))

test("the product's packages have permissive licences, except those that docs/LICENSING.md names", async () => {
  const copyleft = notPermissive((await packages()).filter(({ isDev }) => !isDev))
  const [vips, others] = [
    copyleft.filter(({ name }) => name.startsWith('@img/sharp-')),
    copyleft.filter(({ name }) => !name.startsWith('@img/sharp-')),
  ]
  expect(others.map(({ name, license }) => `${name}: ${license}`)).toEqual(['libsignal: GPL-3.0'])
  expect(vips.length).toBeGreaterThan(0)
  // The sharp packages are peers, so that an image can be made without them.
  for (const one of vips) expect(one).toMatchObject({ license: expect.stringContaining('LGPL-3.0-or-later'), isPeer: true })
  const page = await read('docs/LICENSING.md')
  for (const text of ['`libsignal` 6.0.0, licensed under GPL-3.0', '`@img/sharp-libvips-*`']) expect(page).toContain(text)
})

test('only packages for sharp are peers', async () => {
  const peers = (await packages()).filter(({ isDev, isPeer }) => isPeer && !isDev).map(({ name }) => name)
  const ofSharp = /^(sharp|detect-libc|@img\/.*|@emnapi\/runtime)$/
  expect(peers.filter((name) => !ofSharp.test(name))).toEqual([])
})

test('development packages have permissive licences, with a few exceptions', async () => {
  const others = notPermissive((await packages()).filter(({ isDev }) => isDev)).map(({ name, license }) => `${name}: ${license}`)
  const lists = 'spdx-exceptions: CC-BY-3\\.0|spdx-license-ids: CC0-1\\.0'
  const allowed = new RegExp(`^((lightningcss[\\w-]*|axe-core): MPL-2\\.0|argparse: Python-2\\.0|${lists})$`)
  expect(others.filter((one) => !allowed.test(one))).toEqual([])
})
