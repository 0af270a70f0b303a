import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { firebase } from '../resources/command.ts'
import { target } from '../resources/fixtures/target.ts'
import type { Resource, Stage } from '../resources/resource.ts'
import type { Deployment } from './deployment.ts'
import { destroy } from './destroy.ts'
import { Questions } from './questions.ts'

const thing = (id: string, stage: Stage, more: Partial<Resource> = {}): Resource => ({
  id,
  stage,
  reads: [{ url: id }],
  permissions: [],
  create: () => [],
  remove: () => [firebase('p', id)],
  ...more,
})

const RESOURCES = [
  thing('database', 'base', { holdsData: true }),
  thing('account', 'base'),
  thing('gone', 'base'),
  thing('pool', 'runner'),
]

const answerTo = (url: string) => {
  if (url.endsWith('/queues')) return { queues: [{ name: 'projects/p/locations/l/queues/retries' }, { name: 'q/of-others' }] }
  return url === 'gone' ? null : { name: url }
}

/** A project in which all but `gone` is there, and commands that do nothing. */
const deployment: Deployment = {
  target,
  resources: RESOURCES,
  rest: { read: ({ url }) => Promise.resolve(answerTo(url)), reads: 0 },
  sdk: { firebase: [process.execPath, '-e', ''], track: () => [], learn: () => Promise.resolve() },
}

async function destroyed(typed: string | null, withData = false) {
  const lines: string[] = []
  const questions = new Questions(Readable.from(typed === null ? [] : [`${typed}\n`]), new PassThrough())
  const result = await destroy(deployment, { say: (line) => lines.push(line), withData, questions })
  return { result, lines, removed: lines.filter((line) => line.includes(': removed (')) }
}

const UNTOUCHED = { removed: 0, failed: 0, kept: ['database'], refused: true }

test('nothing is removed unless the name of the project is typed', async () => {
  for (const typed of ['', 'yes', 'another-project'])
    expect(await destroyed(typed)).toMatchObject({ result: UNTOUCHED, removed: [] })
})

test('input that ends before an answer removes nothing, and it is said so', async () => {
  const { result, lines } = await destroyed(null)
  expect(result).toEqual(UNTOUCHED)
  expect(lines.at(-1)).toBe('Nothing was removed: the input ended before the name.')
})

test('the last things go first, each with its number, and what holds data stays', async () => {
  const { result, removed, lines } = await destroyed('demo-holdfast')
  expect(result).toEqual({ removed: 2, failed: 0, kept: ['database'], refused: false })
  expect(lines).toContain('2 to remove, in 2 stage(s): runner, base')
  expect(removed).toEqual([
    expect.stringMatching(/^ {2}\[1\/2\] pool: removed \([\d.]+ s\)$/),
    expect.stringMatching(/^ {2}\[2\/2\] account: removed/),
  ])
})

test('what stays is told before and after, the queue, too', async () => {
  const { lines } = await destroyed('demo-holdfast')
  expect(lines.filter((line) => line.startsWith('= '))).toEqual([
    '= database stays: it holds data (--delete-data removes it)',
    '= queue retries stays: Google does not give its name out again for a week',
  ])
  expect(lines.at(-1)).toMatch(/^What stays: database\. It costs little/)
})

test('what holds data goes when that is asked for, and before the question it is told what that means', async () => {
  const { result, removed, lines } = await destroyed('demo-holdfast', true)
  expect(result).toEqual({ removed: 3, failed: 0, kept: [], refused: false })
  expect(removed.join()).toContain('database: removed')
  const refused = await destroyed('no', true)
  expect(refused.result.refused).toBe(true)
  expect(refused.lines.join('\n')).toContain('Every session ends for ever: each phone has to be linked anew.')
  expect(refused.lines.join('\n')).toContain('SESSION_ENCRYPTION_KEY')
  expect(lines.join('\n')).not.toContain('What stays')
  expect((await destroyed('no')).lines.join('\n')).not.toContain('for ever')
})
