import ts from 'typescript'

/** A source file of the product. */
export interface Source {
  /** The path from the root of the repository. */
  readonly file: string
  readonly text: string
}

const parsed = new WeakMap<Source, ts.SourceFile>()

/** Parses a source once, because hundreds of mutants look into the same files. */
export function parse(source: Source): ts.SourceFile {
  const known = parsed.get(source) ?? ts.createSourceFile(source.file, source.text, ts.ScriptTarget.Latest, true)
  parsed.set(source, known)
  return known
}

/** Returns the source files that declare the first name of a place. */
export function sourcesOf(sources: readonly Source[], place: string): Source[] {
  const { fileName, names } = partsOf(place)
  const [name = ''] = names
  return sources.filter(
    (source) => isNamed(source.file, fileName) && source.text.includes(name) && topLevel(parse(source), name).length > 0,
  )
}

/**
 * Finds the declaration of a place in its file.
 * @throws Error when a name of the path is not declared exactly once inside the one before it.
 */
export function declarationAt(source: ts.SourceFile, place: string): ts.Node {
  const [first = '', ...inner] = partsOf(place).names
  return inner.reduce<ts.Node>(
    (outer, name) => only(namedInside(outer, name), `${place}: declarations of ${name}`),
    only(topLevel(source, first), `${place}: declarations of ${first}`),
  )
}

/** @throws Error when there is not exactly one. */
export function only<Item>(items: readonly Item[], what: string): Item {
  const [item] = items
  if (item === undefined || items.length > 1) throw new Error(`A mutant needs exactly one, there are ${items.length}: ${what}`)
  return item
}

/** Returns all nodes below a node that pass the test. */
export function below<Kind extends ts.Node>(node: ts.Node, test: (inner: ts.Node) => inner is Kind): Kind[] {
  const found: Kind[] = []
  const visit = (inner: ts.Node): void => {
    if (test(inner)) found.push(inner)
    ts.forEachChild(inner, visit)
  }
  ts.forEachChild(node, visit)
  return found
}

function partsOf(place: string): { fileName: string | null; names: string[] } {
  const colon = place.indexOf(':')
  return { fileName: colon === -1 ? null : place.slice(0, colon), names: place.slice(colon + 1).split('.') }
}

const isNamed = (file: string, fileName: string | null): boolean => fileName === null || file.endsWith(`/${fileName}`)

type Declaration =
  | ts.ClassDeclaration
  | ts.FunctionDeclaration
  | ts.VariableDeclaration
  | ts.MethodDeclaration
  | ts.PropertyDeclaration
  | ts.AccessorDeclaration
  | ts.PropertyAssignment
  | ts.ConstructorDeclaration

const isDeclaration = (node: ts.Node): node is Declaration =>
  ts.isClassDeclaration(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isVariableDeclaration(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isPropertyDeclaration(node) ||
  ts.isAccessor(node) ||
  ts.isPropertyAssignment(node) ||
  ts.isConstructorDeclaration(node)

const nameOf = (node: Declaration): string => (ts.isConstructorDeclaration(node) ? 'constructor' : (node.name?.getText() ?? ''))

/** Matches declarations of a name. Overloads have no body and do not count. */
const hasName =
  (name: string) =>
  (node: ts.Node): node is Declaration =>
    isDeclaration(node) && nameOf(node) === name && !(ts.isFunctionLike(node) && !('body' in node && node.body))

function topLevel(source: ts.SourceFile, name: string): Declaration[] {
  const declared = source.statements.flatMap((statement): readonly ts.Node[] =>
    ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement],
  )
  return declared.filter(hasName(name))
}

/** Finds the declarations of a name inside a node: in a class only its own members, elsewhere at any depth. */
const namedInside = (node: ts.Node, name: string): Declaration[] => {
  const members: readonly ts.Node[] | null = ts.isClassDeclaration(node) ? node.members : null
  return members ? members.filter(hasName(name)) : below(node, hasName(name))
}
