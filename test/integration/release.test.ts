import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderHash, releaseOf } from '../../infra/units/release.ts'

const parent = mkdtempSync(join(tmpdir(), 'holdfast-release-'))
afterAll(() => rmSync(parent, { recursive: true, force: true }))

test.each(['functions', 'runner'] as const)(
  'two builds of the same %s are one release, and a changed file makes another',
  async (unit) => {
    const [one, other] = [join(parent, 'one'), join(parent, 'other')]
    const release = await releaseOf(unit, one)
    expect(release).toMatch(/^[0-9a-f]{16}$/)
    expect(await releaseOf(unit, other)).toBe(release)
    appendFileSync(join(other, unit, 'package.json'), '\n')
    expect(folderHash(join(other, unit))).not.toBe(release)
  },
)
