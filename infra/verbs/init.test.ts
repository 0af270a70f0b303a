import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { readEnvironment } from '../environment/environment-file.ts'
import { init } from './init.ts'
import { Questions } from './questions.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-init-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A person who types these lines. */
const typing = (...lines: readonly string[]) => new Questions(Readable.from([`${lines.join('\n')}\n`]), new PassThrough())

const say = () => {}

test('the answers become an environment file, with enough runners for the sessions', async () => {
  const file = join(folder, 'new/production.json')
  const answers = ['my-project', '', '120', 'America/Sao_Paulo', 'a@example.com, b@example.com', '01AB23-45CD67-89EF01', '250']
  await init(file, say, typing(...answers))
  expect(readEnvironment(file)).toMatchObject({
    project: 'my-project',
    region: 'us-central1',
    runner: { instances: 3, maxConnections: 50 },
    variables: { TIME_ZONE: 'America/Sao_Paulo' },
    alerts: { emails: ['a@example.com', 'b@example.com'] },
    budget: { billingAccount: '01AB23-45CD67-89EF01', usdAMonth: 250 },
  })
})

test('whoever only names a project gets one runner, no channel and no budget', async () => {
  const file = join(folder, 'least.json')
  await init(file, say, typing('my-project'))
  const environment = readEnvironment(file)
  expect(environment).toMatchObject({ runner: { instances: 1 }, variables: {}, alerts: { emails: [] } })
  expect(environment.budget).toBeUndefined()
})

test('a wrong answer writes nothing and says what is wrong', async () => {
  const file = join(folder, 'wrong.json')
  await expect(init(file, say, typing('My Project'))).rejects.toThrow('project: must be the id of a Google Cloud project')
  expect(existsSync(file)).toBe(false)
})

test('a file that is there is kept', async () => {
  const file = join(folder, 'least.json')
  await expect(init(file, say, typing('another-project'))).rejects.toThrow('is there already')
  expect(readEnvironment(file).project).toBe('my-project')
})
