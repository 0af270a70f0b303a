import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { BadEnvironment, type Environment, parseEnvironment } from './environment.ts'

/** It belongs to nobody. */
const EXAMPLE = 'example.json'

/** @throws BadEnvironment when there is no such file, when it is not valid, or when a file beside it has the same project */
export function readEnvironment(file: string): Environment {
  const environment = parseEnvironment(jsonOf(file), file)
  const { project } = environment
  const other = neighbourWith(project, file)
  if (other === null) return environment
  throw new BadEnvironment(
    `${file} and ${other} both have the project ${project}. One project holds one environment: what one of them deploys, the other ` +
      'would change. Give one of them a project of its own, or remove it.',
  )
}

/** Returns the environment file beside this one that has the project. Null if there is none. */
export function neighbourWith(project: string, file: string): string | null {
  const folder = dirname(file)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json') && name !== EXAMPLE) : []
  const name = names.find((one) => one !== basename(file) && projectIn(join(folder, one)) === project)
  return name === undefined ? null : join(folder, name)
}

/** What is no environment file has no project. */
function projectIn(file: string): unknown {
  try {
    return (JSON.parse(textOf(file)) as { project?: unknown } | null)?.project
  } catch {
    return undefined
  }
}

export function writeEnvironment(file: string, environment: Environment): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(environment, null, 2)}\n`)
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(textOf(file))
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadEnvironment(`${file} is no JSON: ${error.message}`)
    if (existsSync(file)) throw new BadEnvironment(`${file} cannot be read: ${(error as Error).message}`)
    throw new BadEnvironment(`There is no ${file}. \`npm run infra -- init --environment ${file}\` makes it.`)
  }
}

/** Some editors of Windows begin a file with a mark that shows its encoding. */
const textOf = (file: string): string => readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
