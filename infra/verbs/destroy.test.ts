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

/** A project in which all but `gone` is there, and commands that do nothing. */
const deployment: Deployment = {
  target,
  resources: RESOURCES,
  rest: { read: ({ url }) => Promise.resolve(url === 'gone' ? null : { name: url }), reads: 0 },
  sdk: { firebase: [process.execPath, '-e', ''], track: () => [], learn: () => Promise.resolve() },
}

async function destroyed(typed: string, withData = false) {
  const lines: string[] = []
  const questions = new Questions(Readable.from([`${typed}\n`]), new PassThrough())
  const result = await destroy(deployment, { say: (line) => lines.push(line), withData, questions })
  return { result, removed: lines.filter((line) => line.endsWith(' removed')) }
}

test('nothing is removed unless the name of the project is typed', async () => {
  for (const typed of ['', 'yes', 'another-project'])
    expect(await destroyed(typed)).toEqual({ result: { removed: 0, failed: 0, kept: ['database'] }, removed: [] })
})

test('the last things go first, and what holds data stays', async () => {
  expect(await destroyed('demo-holdfast')).toEqual({
    result: { removed: 2, failed: 0, kept: ['database'] },
    removed: ['- pool removed', '- account removed'],
  })
})

test('what holds data goes when that is asked for', async () => {
  const { result, removed } = await destroyed('demo-holdfast', true)
  expect(result).toEqual({ removed: 3, failed: 0, kept: [] })
  expect(removed).toContain('- database removed')
})
