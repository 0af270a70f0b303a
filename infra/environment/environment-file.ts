import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { BadEnvironment, type Environment, parseEnvironment } from './environment.ts'

/** @throws BadEnvironment when there is no such file, or when it is not valid */
export function readEnvironment(file: string): Environment {
  return parseEnvironment(jsonOf(file), file)
}

export function writeEnvironment(file: string, environment: Environment): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(environment, null, 2)}\n`)
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadEnvironment(`${file} is no JSON: ${error.message}`)
    throw new BadEnvironment(`There is no ${file}. \`npm run infra -- init --environment ${file}\` makes it.`)
  }
}
