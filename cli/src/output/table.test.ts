import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { paintFor } from './paint.ts'
import { plain } from './plain.ts'
import { table, truncate, wrap } from './table.ts'

const dull = paintFor(false)
const COLUMNS = [
  { title: 'ID' },
  { title: 'NAME', least: 6 },
  { title: 'ROOM', isOptional: true as const },
  { title: 'N', align: 'right' as const },
]

describe('a table', () => {
  it('counts columns as a terminal does', () => {
    const rows = [
      ['a', '山田太郎', 'x', 1],
      ['b', 'Ana 🎉', 'y', 22],
      ['c', null, '', 3],
    ]
    expect(table(COLUMNS, rows, null, dull)).toEqual([
      'ID  NAME      ROOM   N',
      'a   山田太郎  x      1',
      'b   Ana 🎉    y     22',
      'c   -         -      3',
    ])
  })

  it.each([30, 24, 18])('fits %i columns: it cuts names, then leaves optional columns out, and never cuts an id', (width) => {
    const rows = [['an-id-to-copy', '山田太郎山田太郎', 'room', 1]]
    const lines = table(
      [{ title: 'ID' }, { title: 'NAME', least: 2 }, { title: 'ROOM', isOptional: true }, { title: 'N' }],
      rows,
      width,
      dull,
    )
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(width, 20))
    expect(lines[1]).toContain('an-id-to-copy')
  })

  it('colours after it has measured, and shows a name that holds an escape sequence', () => {
    const [, line] = table(
      [{ title: 'A' }, { title: 'B' }],
      [[{ text: 'x\u001b[31m', colour: 'green' }, 'y']],
      null,
      paintFor(true),
    )
    expect(line).toBe('\u001b[32mx�[31m\u001b[39m  y')
  })
})

it.each([
  ['abcdef', 4, 'abc…'],
  ['山田太郎', 5, '山田…'],
  ['山田太郎', 4, '山…'],
  ['👨‍👩‍👧‍👦 family', 5, '👨‍👩‍👧‍👦 f…'],
  ['ab', 2, 'ab'],
])('%s in %i columns is %s', (text, width, cut) => {
  expect(truncate(text, width)).toBe(cut)
})

it('breaks sentences at spaces, and never a word', () => {
  expect(wrap('one two three four five six', 20, '  ')).toEqual(['  one two three four', '  five six'])
  expect(wrap('one two', null)).toEqual(['one two'])
})

it.each([
  ['a\u001b]0;title\u0007b', 'a�]0;title�b'],
  ['one\r\ntwo\tthree', 'one two three'],
  ['\u202egnp.exe', '�gnp.exe'],
  ['\u009b31m', '�31m'],
  ['पाठ 山田 🎉', 'पाठ 山田 🎉'],
])('%j cannot do anything to a terminal', (text, safe) => {
  expect(plain(text)).toBe(safe)
})
