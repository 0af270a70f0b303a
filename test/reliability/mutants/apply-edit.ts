import { stripTypeScriptTypes } from 'node:module'
import ts from 'typescript'
import type { Edit } from './mutant.ts'
import { below, declarationAt, only, parse, type Source } from './places.ts'

interface Change {
  readonly start: number
  readonly end: number
  readonly code: string
}

/**
 * Applies an edit to the text of the file that declares its place.
 * @throws Error when the edit does not fit exactly one piece of the code, or leaves code that does not parse.
 */
export function applyEdit(source: Source, edit: Edit): Source {
  const { start, end, code } = changeOf(declarationAt(parse(source), edit.in), edit)
  const text = source.text.slice(0, start) + code + source.text.slice(end)
  if (!parses(text)) throw new Error(`A mutant leaves code that does not parse: ${edit.in}.`)
  return { ...source, text }
}

/** Node itself strips the types when a test runs, so what it cannot read would fail every test. */
function parses(text: string): boolean {
  try {
    stripTypeScriptTypes(text)
    return true
  } catch {
    return false
  }
}

function changeOf(declaration: ts.Node, edit: Edit): Change {
  if ('value' in edit) return replaced(valueOf(declaration, edit.in), edit.value)
  if ('call' in edit) {
    const call = only(callsOf(declaration, edit.call), `${edit.in}: calls of ${edit.call}`)
    return replaced(call, expand(edit.becomes, call))
  }
  if ('drop' in edit) return dropped(only(statementsOf(declaration, edit.drop), `${edit.in}: statements of ${edit.drop}`))
  if ('when' in edit) {
    return replaced(only(conditionsOf(declaration, edit.when), `${edit.in}: conditions on ${edit.when}`), `(${edit.becomes})`)
  }
  return textChange(declaration, edit.in, edit)
}

const replaced = (node: ts.Node, code: string): Change => ({ start: node.getStart(), end: node.end, code })

/** Returns the initializer of a declaration, or the body of a function. */
function valueOf(declaration: ts.Node, place: string): ts.Node {
  if ('initializer' in declaration && declaration.initializer) return declaration.initializer as ts.Node
  if ('body' in declaration && declaration.body) return declaration.body as ts.Node
  throw new Error(`A mutant changes the value of ${place}, which has none.`)
}

const isCalled = (callee: string, name: string): boolean => callee === name || callee.endsWith(`.${name}`)

const calleeOf = ({ expression }: ts.CallExpression): string => expression.getText().replace('?.', '.')

const callsOf = (declaration: ts.Node, name: string): ts.CallExpression[] =>
  below(declaration, (node): node is ts.CallExpression => ts.isCallExpression(node) && isCalled(calleeOf(node), name))

function expand(code: string, call: ts.CallExpression): string {
  const texts = call.arguments.map((argument) => argument.getText())
  return code.replaceAll(/\$([&*1-9])/g, (_, which: string) => {
    if (which === '&') return call.getText()
    return which === '*' ? texts.join(', ') : (texts[Number(which) - 1] ?? 'undefined')
  })
}

function statementsOf(declaration: ts.Node, name: string): ts.ExpressionStatement[] {
  return below(declaration, (node): node is ts.ExpressionStatement => {
    if (!ts.isExpressionStatement(node)) return false
    const inner = bare(node.expression)
    return isCalled(ts.isCallExpression(inner) ? calleeOf(inner) : inner.getText(), name)
  })
}

/** Strips `await` and `void` from an expression. */
const bare = (expression: ts.Expression): ts.Expression =>
  ts.isAwaitExpression(expression) || ts.isVoidExpression(expression) ? bare(expression.expression) : expression

function dropped(statement: ts.Statement): Change {
  const { parent } = statement
  const isAllOfIt = ts.isIfStatement(parent) && parent.thenStatement === statement && !parent.elseStatement
  return replaced(isAllOfIt ? parent : statement, ';')
}

/** Finds conditions and operands of logical operators that contain the text. It returns only the smallest ones. */
function conditionsOf(declaration: ts.Node, mention: string): ts.Expression[] {
  const escaped = mention.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const mentions = new RegExp(String.raw`(?<![\w$#.])${escaped}(?![\w$])`)
  const found = below(
    declaration,
    (node): node is ts.Expression => isCondition(node) && !isLogical(node) && mentions.test(node.getText()),
  )
  return found.filter((node) => !found.some((other) => other !== node && other.pos >= node.pos && other.end <= node.end))
}

function isCondition(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isParenthesizedExpression(node)) return false
  if (ts.isParenthesizedExpression(parent)) return isCondition(parent) || isConditionOf(parent.parent, parent)
  return isConditionOf(parent, node)
}

function isConditionOf(parent: ts.Node, node: ts.Node): boolean {
  if (isLogical(parent)) return true
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent)) return parent.expression === node
  return (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) && parent.condition === node
}

const isLogical = (node: ts.Node): boolean =>
  ts.isBinaryExpression(node) &&
  [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken].includes(node.operatorToken.kind)

function textChange(declaration: ts.Node, place: string, { find, replace }: { find: string; replace: string }): Change {
  const text = declaration.getText()
  const occurrences = text.split(find).length - 1
  if (occurrences !== 1) throw new Error(`${place} contains the text of a mutant ${occurrences} times, not once: ${find}`)
  const start = declaration.getStart() + text.indexOf(find)
  return { start, end: start + find.length, code: replace }
}
