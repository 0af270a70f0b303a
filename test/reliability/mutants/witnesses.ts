import ts from 'typescript'
import type { Witness } from './mutant.ts'
import { below, parse, type Source } from './places.ts'

/** Marks a gap in a title that a run fills. */
const ANY = '\u0000'

/**
 * Returns whether a test file has a test with the name of the witness, judged by its source alone.
 * A title may have gaps (`%s`, `${…}`) that only a run fills: with a literal of the file, as in tables of cases, or with any
 * other text. Such other text may be a quarter of the name at most.
 */
export function hasTest(source: Source, { tests }: Witness): boolean {
  const file = parse(source)
  const candidates = fullNames(file).filter((name) => charactersInGaps(name, tests) < Infinity)
  if (candidates.some((name) => charactersInGaps(name, tests) <= tests.length / 4)) return true
  const words = literalsOf(file).filter((word) => word !== '')
  return candidates.some((name) => fillings(name, words).some((filled) => filled.includes(tests)))
}

const isLiteral = (node: ts.Node): node is ts.StringLiteralLike | ts.NumericLiteral =>
  ts.isStringLiteralLike(node) || ts.isNumericLiteral(node)

const literalsOf = (source: ts.SourceFile): string[] => [...new Set(below(source, isLiteral).map(({ text }) => text))]

/** Returns the names with their first two gaps filled by the words. */
function fillings(name: string, words: readonly string[]): string[] {
  const fill = (names: readonly string[]): string[] =>
    names.flatMap((one) => (one.includes(ANY) ? words.map((word) => one.replace(ANY, () => word)) : [one]))
  return fill(fill([name]))
}

/** Returns the name of each test, preceded by the names of its groups. */
function fullNames(source: ts.SourceFile): string[] {
  const names: string[] = []
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const title = ts.isCallExpression(node) ? titleOf(node) : null
    if (title?.kind === 'test') names.push([...groups, title.text].join(' '))
    const inner = title?.kind === 'group' ? [...groups, title.text] : groups
    ts.forEachChild(node, (child) => visit(child, inner))
  }
  visit(source, [])
  return names
}

function titleOf(call: ts.CallExpression): { kind: 'test' | 'group'; text: string } | null {
  const [first] = call.arguments
  const word = /^(describe|test|it)\b/.exec(call.expression.getText())?.[1]
  const isTitle = first !== undefined && call.arguments.length > 1
  if (word === undefined || !isTitle) return null
  return { kind: word === 'describe' ? 'group' : 'test', text: textOf(first) }
}

function textOf(title: ts.Expression): string {
  if (ts.isStringLiteralLike(title)) return title.text.replaceAll(/%[sdifjo#$]|\$\w[\w.]*/g, ANY)
  if (ts.isTemplateExpression(title)) {
    return [title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)].join(ANY)
  }
  return ANY
}

/** Returns the number of characters of the part in gaps at its best fit in the name; Infinity when it does not fit. */
function charactersInGaps(name: string, part: string): number {
  let reached = new Map<number, number>()
  for (let start = 0; start < name.length; start += 1) reached.set(start, 0)
  for (const character of part) reached = step(name, reached, character)
  return Math.min(...reached.values())
}

/** Advances the positions in the name by one character of the part. Each position keeps its number of characters in gaps. */
function step(name: string, before: ReadonlyMap<number, number>, character: string): Map<number, number> {
  const after = new Map<number, number>()
  const reach = (position: number, cost: number): void => {
    if (cost < (after.get(position) ?? Infinity)) after.set(position, cost)
  }
  for (const [position, cost] of before) {
    if (name[position] === character) reach(position + 1, cost)
    if (name[position] === ANY) {
      reach(position, cost + 1)
      if (name[position + 1] === character) reach(position + 2, cost)
    }
  }
  return after
}
