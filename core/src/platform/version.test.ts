import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VERSION, versionWith } from './version.ts'

test.each(['', 'core/', 'functions/', 'runner/'])('the version is the one of %spackage.json', (folder) => {
  const manifest = JSON.parse(readFileSync(new URL(`../../../${folder}package.json`, import.meta.url), 'utf8')) as object
  expect(manifest).toMatchObject({ version: VERSION })
})

test('the hash of a build follows the version', () => {
  expect(versionWith(undefined)).toBe(VERSION)
  expect(versionWith('f00d')).toBe(`${VERSION}+f00d`)
})
