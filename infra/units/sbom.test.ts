import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { buildUnit } from './build-unit.ts'
import type { LockFile } from './lock-file.ts'
import { billOfMaterials } from './sbom.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-sbom-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Bom {
  readonly components: readonly {
    readonly purl: string
    readonly licenses: readonly object[]
    readonly hashes?: readonly object[]
  }[]
}

const facts = ({ components }: Bom) =>
  components
    .filter(({ hashes = [] }) => hashes.length > 0)
    .map(({ purl, licenses, hashes }) => `${purl} ${JSON.stringify([licenses, hashes])}`)
    .toSorted()

test('the bill of materials of the runner has all that npm lists, with the same licences and hashes', async () => {
  const unit = await buildUnit('runner', folder)
  const own = JSON.parse(readFileSync(join(unit.folder, 'sbom.cdx.json'), 'utf8')) as Bom
  const words = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--omit=dev', '--omit=peer']
  const npm = JSON.parse(execFileSync('npm', words, { cwd: unit.folder, encoding: 'utf8' })) as Bom
  // npm's own list lacks a few packages that it installs without peers. The proof `image` compares with what lies in the image.
  expect(facts(npm).filter((fact) => !facts(own).includes(fact))).toEqual([])
  expect(facts(npm).length).toBeGreaterThan(100)
  for (const { purl, licenses, hashes = [] } of own.components) {
    expect([purl, licenses.length, hashes.length]).toEqual([purl, 1, 1])
  }
  expect(own.components.map(({ purl }) => purl)).toContain('pkg:npm/libsignal@6.0.0')
  expect(own.components.filter(({ purl }) => purl.includes('sharp'))).toEqual([])
})

const lockOf = (locked: object): LockFile => ({
  name: 'unit',
  version: '1.0.0',
  lockfileVersion: 3,
  requires: true,
  packages: { '': {}, 'node_modules/one': { version: '1.0.0', license: 'MIT', integrity: 'sha512-AAAA', ...locked } },
})

test('a package without a licence or a hash is refused', () => {
  expect(billOfMaterials(lockOf({}))).toMatchObject({ components: [{ purl: 'pkg:npm/one@1.0.0' }] })
  expect(() => billOfMaterials(lockOf({ license: undefined }))).toThrow('licence of one')
  expect(() => billOfMaterials(lockOf({ integrity: undefined }))).toThrow('hash of one')
})
