import { readFileSync } from 'node:fs'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { describe, expect, it } from 'vitest'
import { addCompletion } from './completion.ts'
import { programFor } from './program.ts'
import { holdfast } from './testing/host-under-test.ts'

/** Every command with the words that lead to it. */
function paths(command: CommandUnknownOpts, before: readonly string[] = []): (readonly string[])[] {
  return command.commands
    .filter((below) => below.name() !== 'complete')
    .flatMap((below) => {
      const path = [...before, below.name()]
      return [path, ...paths(below, path)]
    })
}

async function allPaths(): Promise<(readonly string[])[]> {
  const program = programFor({} as never, () => {})
  await addCompletion(program, [], {} as never)
  return paths(program)
}

describe('the help', () => {
  it('of every command is as help.txt has it', async () => {
    const pages = []
    for (const path of [[], ...(await allPaths())]) {
      const { code, out, err } = await holdfast([...path, '--help'], { columns: 100 })
      expect({ path, code, err }).toEqual({ path, code: 0, err: '' })
      pages.push(`$ holdfast ${[...path, '--help'].join(' ')}\n\n${out}`)
    }
    await expect(pages.join('\n')).toMatchFileSnapshot('testing/help.txt')
  })

  it('fits a terminal of 80 columns', async () => {
    for (const path of [[], ...(await allPaths())]) {
      const { out } = await holdfast([...path, '--help'], { columns: 80 })
      // The lines about the environment are not wrapped, and end a page.
      const lines = out.split('\n').filter((line) => !/^(Where the API|Exit codes)/.test(line))
      expect(lines.filter((line) => line.length > 80)).toEqual([])
    }
  })

  it('names every command that docs/CLI.md tells of, and the other way round', async () => {
    const page = readFileSync(new URL('../../docs/CLI.md', import.meta.url), 'utf8')
    const told = new Set([...page.matchAll(/`holdfast ([^`\n]+)`/g)].map(([, words]) => words))
    const missing = (await allPaths())
      .map((path) => path.join(' '))
      .filter((path) => ![...told].some((words) => isAbout(words ?? '', path)))
    expect(missing).toEqual([])
    const known = new Set((await allPaths()).map(([first]) => first))
    expect(
      [...told].map((words) => words?.split(' ')[0] ?? '').filter((first) => !known.has(first) && !first.startsWith('-')),
    ).toEqual([])
  })
})

it.each(['README.md', 'docs/RUNBOOK.md'])('%s names only commands that exist', async (page) => {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8')
  const known = new Set((await allPaths()).map((path) => path.join(' ')))
  const named = [...text.matchAll(/(?<=`|npx )holdfast ([a-z]+)(?: ([a-z]+))?/g)]
  expect(named.length).toBeGreaterThan(0)
  const missing = named.filter(
    ([, first = '', second = '']) =>
      !known.has(first) || (isGroup(first, known) && second !== '' && !known.has(`${first} ${second}`)),
  )
  expect(missing.map(([command]) => command)).toEqual([])
})

const isGroup = (first: string, known: ReadonlySet<string>): boolean => [...known].some((path) => path.startsWith(`${first} `))

const isAbout = (words: string, path: string): boolean => words === path || words.startsWith(`${path} `)

describe('a wrong command line', () => {
  it.each([
    ['helth', 'Did you mean health?'],
    ['sessions show', "missing required argument 'name'"],
    ['health --details many', 'It is a number'],
    ['queue list --status lost', 'It is one of pending'],
    ['send 5511999990000 hi --key', 'argument missing'],
    ['sessions list main', 'too many arguments'],
    ['sessions main', "unknown command 'sessions main'. There are: list, "],
    ['health --nonsense', "unknown option '--nonsense'"],
    ['failed retry', 'Which ones?'],
    ['backup', 'Which one?'],
    ['restore --all', '--all needs --at'],
    ['restore main --at yesterday', 'is no time'],
    ['send nobody hi', 'is no phone number'],
    ['send 5511999990000 hi -s a --pool b', 'not both'],
    ['keys create ops --role owner', 'It is one of admin'],
  ])('%s ends with 2 and says why', async (line, why) => {
    const { code, out, err } = await holdfast(line)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(why)
  })

  it('without a command prints the help, and ends with 2', async () => {
    const { code, err } = await holdfast([])
    expect(code).toBe(2)
    expect(err).toContain('Usage: holdfast')
  })
})

it('the version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  expect(await holdfast('--version')).toMatchObject({ code: 0, out: `${version}\n` })
})
