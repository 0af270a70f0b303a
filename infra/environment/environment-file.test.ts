import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BadEnvironment } from './environment.ts'
import { readEnvironment } from './environment-file.ts'

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'holdfast-environment-'))
  onTestFinished(() => rmSync(made, { recursive: true }))
  return made
}

const written = (name: string, text: string, parent = folder()): string => {
  const file = join(parent, name)
  writeFileSync(file, text)
  return file
}

test('the mark that some editors begin a file with is no part of it', () => {
  const file = written('production.json', '\uFEFF{"v":1,"project":"my-project"}')
  expect(readEnvironment(file).project).toBe('my-project')
})

test('a neighbour with the same project is found behind such a mark, too', () => {
  const parent = folder()
  written('staging.json', '\uFEFF{"v":1,"project":"my-project"}', parent)
  expect(() => readEnvironment(written('production.json', '{"v":1,"project":"my-project"}', parent))).toThrow('both have')
})

test('what is there and cannot be read is not said to be missing', () => {
  const there = folder()
  expect(() => readEnvironment(there)).toThrow(BadEnvironment)
  expect(() => readEnvironment(there)).toThrow(`${there} cannot be read: EISDIR`)
  expect(() => readEnvironment(join(there, 'none.json'))).toThrow('There is no')
})
