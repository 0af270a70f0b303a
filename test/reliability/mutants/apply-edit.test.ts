import { describe, expect, test } from 'vitest'
import { applyEdit } from './apply-edit.ts'
import { CATALOGUE } from './catalogue.ts'
import { problemsOfCatalogue } from './check-catalogue.ts'
import type { Edit } from './mutant.ts'
import { mutated } from './sources.ts'
import { hasTest } from './witnesses.ts'

const text = `
const LIMIT = 3
const say = (word: string) => { print(word) }
class Gate {
  #open = false
  async release(frame: Frame) {
    const held = this.#find(frame)
    if (frame.position > this.limit || (this.muted && frame.position > 0)) return
    if (held) await this.journal.append({ kind: 'data', frame }, 7)
    for (let next = held; next && this.wait() <= 0; next = null) print(next)
    await written
  }
}`

const source = { file: 'runner/src/gate.ts', text }

const changed = (edit: Edit): string[] => {
  const before = text.split('\n')
  return applyEdit(source, edit)
    .text.split('\n')
    .flatMap((line, index) => (line === before[index] ? [] : line.trim()))
}

describe('an edit', () => {
  test.each<[string, Edit, string]>([
    ['a constant', { in: 'LIMIT', value: '9' }, 'const LIMIT = 9'],
    ['a variable in a method', { in: 'Gate.release.held', value: 'null' }, 'const held = null'],
    [
      'a property of an object',
      { in: 'Gate.release.kind', value: '1' },
      'if (held) await this.journal.append({ kind: 1, frame }, 7)',
    ],
    ['a field', { in: 'Gate.#open', value: 'true' }, '#open = true'],
    [
      'a call',
      { in: 'say', call: 'print', becomes: 'void [$1, $&]' },
      'const say = (word: string) => { void [word, print(word)] }',
    ],
    [
      'a call by its last name',
      { in: 'Gate.release', call: 'append', becomes: 'say($*)' },
      "if (held) await say({ kind: 'data', frame }, 7)",
    ],
    ['a statement with its condition', { in: 'Gate.release', drop: 'journal.append' }, ';'],
    ['an awaited statement', { in: 'Gate.release', drop: 'written' }, ';'],
    [
      'an operand',
      { in: 'Gate.release', when: 'this.limit', becomes: 'false' },
      'if ((false) || (this.muted && frame.position > 0)) return',
    ],
    [
      'an operand in brackets',
      { in: 'Gate.release', when: 'this.muted', becomes: 'false' },
      'if (frame.position > this.limit || ((false) && frame.position > 0)) return',
    ],
    [
      'a condition',
      { in: 'Gate.release', when: 'held', becomes: '1' },
      "if ((1)) await this.journal.append({ kind: 'data', frame }, 7)",
    ],
    [
      'the condition of a loop',
      { in: 'Gate.release', when: 'this.wait()', becomes: 'true' },
      'for (let next = held; next && (true); next = null) print(next)',
    ],
    ['a text, word for word', { in: 'LIMIT', find: '= 3', replace: '= $$ - $1' }, 'const LIMIT = $$ - $1'],
  ])('changes %s', (_, edit, line) => {
    expect(changed(edit)).toEqual([line])
  })

  test.each<[string, Edit]>([
    ['an undeclared name', { in: 'Gate.missing', value: '1' }],
    ['a missing call', { in: 'say', call: 'shout', becomes: '' }],
    ['an ambiguous condition', { in: 'Gate.release', when: 'frame.position', becomes: 'true' }],
    ['a missing text', { in: 'LIMIT', find: '4', replace: '' }],
  ])('refuses %s', (_, edit) => {
    expect(() => applyEdit(source, edit)).toThrow(/exactly one|not once/)
  })

  test('refuses code that does not parse, which would fail every test', () => {
    expect(() => applyEdit(source, { in: 'say', value: '() => null' })).not.toThrow()
    const declared = { ...source, text: 'function say() { print(1) }' }
    expect(() => applyEdit(declared, { in: 'say', value: '() => null' })).toThrow('does not parse')
  })

  test('finds its file by the declared name, in any folder', () => {
    const elsewhere = { file: 'core/src/other.ts', text: 'const LIMIT = true' }
    const edit = { in: 'LIMIT', find: '= 3', replace: '= 4' }
    const mutant = { name: 'a', invariant: 'I1', what: '', edits: [edit], noticedBy: { file: '', tests: '' } } as const
    expect([...mutated([elsewhere, source], mutant).values()]).toEqual([text.replace('= 3', '= 4')])
    const ambiguous = { ...mutant, edits: [{ in: 'LIMIT', value: '1' }] }
    expect(() => mutated([elsewhere, source], ambiguous)).toThrow('file.ts:LIMIT')
    const named = { ...mutant, edits: [{ in: 'gate.ts:LIMIT', value: '1' }] }
    expect([...mutated([elsewhere, source], named).keys()]).toEqual([expect.stringMatching(/runner\/src\/gate\.ts$/)])
  })
})

describe('a witness test', () => {
  const file = {
    file: 'a.test.ts',
    text: `describe('a gate', () => {
      test('opens', () => {})
      test.each([['two', 401], ['three', 403]])('of %s parts has code %s', () => {})
      test(\`of \${kind} closes again later\`, () => {})
    })`,
  }
  const knows = (tests: string) => hasTest(file, { file: file.file, tests })

  test('is found by its group and its name, including the values of a table', () => {
    expect(['gate opens', 'a gate of two', 'of three parts has code 403', 'of kinds closes again'].map(knows)).toEqual(
      Array(4).fill(true),
    )
  })

  test('is not found under another name', () => {
    expect(['gate opened', 'of four parts', 'of three parts has code 404'].map(knows)).toEqual([false, false, false])
  })
})

test('every mutant fits the source and has a witness test', async () => {
  expect(await problemsOfCatalogue()).toEqual([])
})

test('every mutant has a unique name', () => {
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length)
})
