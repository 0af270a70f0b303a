import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { neighbourWith, readEnvironment } from '../environment/environment-file.ts'
import type { Surroundings } from '../google/surroundings.ts'
import { init } from './init.ts'
import { Questions } from './questions.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-init-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const PAYER = '01AB23-45CD67-89EF01'

/** A Google where all is well. */
const WELL: Surroundings = {
  troubleWithProject: () => Promise.resolve(''),
  payerOf: () => Promise.resolve(PAYER),
  troubleWithAccount: () => Promise.resolve(''),
  allowedLocations: () => Promise.resolve([]),
}

/** Lets a person type these lines. Returns the file that was written and what was shown to the person. */
async function typed(lines: readonly string[], { name = 'production.json', surroundings = WELL } = {}) {
  const output = new PassThrough()
  const shown: string[] = []
  output.on('data', (chunk: Buffer) => shown.push(chunk.toString()))
  const file = join(folder, name)
  const questions = new Questions(Readable.from([`${lines.join('\n')}\n`]), output)
  const ended = await init(file, { say: () => {}, questions, surroundings }).then(
    () => null,
    (error: unknown) => error as Error,
  )
  return { file, ended, shown: shown.join('') }
}

test('the answers become an environment file, with enough runners for the sessions', async () => {
  const answers = ['my-project', '120', 'America/Sao_Paulo', 'a@example.com, b@example.com', '250', '']
  const { file } = await typed(answers, { name: 'new/production.json' })
  expect(readEnvironment(file)).toMatchObject({
    project: 'my-project',
    region: 'us-central1',
    runner: { instances: 3, maxConnections: 50 },
    variables: { TIME_ZONE: 'America/Sao_Paulo' },
    alerts: { emails: ['a@example.com', 'b@example.com'] },
    budget: { billingAccount: PAYER, usdAMonth: 250 },
  })
})

test('whoever only names a project gets one runner, no channel and no budget', async () => {
  const { file, shown } = await typed(['my-project'])
  const environment = readEnvironment(file)
  expect(environment).toMatchObject({ runner: { instances: 1 }, variables: {}, alerts: { emails: [] } })
  expect(environment.budget).toBeUndefined()
  expect(shown).toContain(`The billing account ${PAYER} pays for it.`)
  expect(shown).toMatch(/costs about \$\d+\.\d\d at list prices/)
})

test('a wrong answer is told at once, and asked again, without a field that nobody asked about', async () => {
  const answers = [
    ['My Project', 'my-project'],
    ['many', '0', '-3', '120'],
    ['Mars', 'Asia/Tokyo'],
    ['a@example.com, nobody', ''],
    ['a lot', '100'],
    ['01AB23', PAYER],
  ]
  const { file, shown } = await typed(answers.flat())
  expect(readEnvironment(file)).toMatchObject({
    project: 'my-project',
    runner: { instances: 3 },
    variables: { TIME_ZONE: 'Asia/Tokyo' },
    alerts: { emails: [] },
    budget: { usdAMonth: 100 },
  })
  const told = shown.split('\n').filter((line) => line.includes('  It ') || line.includes('  nobody: '))
  expect(told.map((line) => line.slice(line.lastIndexOf('  ') + 2))).toEqual([
    'It must be the id of a Google Cloud project: 6 to 30 small letters, digits and hyphens.',
    'It has to be a whole number from 1 to 50000.',
    'It has to be a whole number from 1 to 50000.',
    'It has to be a whole number from 1 to 50000.',
    'It must be an IANA time zone, like America/Sao_Paulo.',
    'nobody: It must be an e-mail address.',
    'It has to be a whole number from 1 to 1000000.',
    'It must be like 01AB23-45CD67-89EF01.',
  ])
  for (const field of ['runner.', 'variables', 'TIME_ZONE', 'alerts.', 'usdAMonth', 'maxConnections']) {
    expect(shown).not.toContain(field)
  }
})

test('a project that Google does not show is told before anything else is asked', async () => {
  const unknown = { ...WELL, troubleWithProject: (id: string) => Promise.resolve(id === 'not-mine' ? 'Nobody has it.' : '') }
  const { file, shown } = await typed(['not-mine', 'my-project'], { surroundings: unknown })
  expect(shown).toContain('Nobody has it. `gcloud projects create not-mine` makes it')
  expect(shown.indexOf('Nobody has it.')).toBeLessThan(shown.indexOf('WhatsApp sessions'))
  expect(readEnvironment(file).project).toBe('my-project')
})

test('whoever types a doubtful answer again means it', async () => {
  const refusing = {
    ...WELL,
    troubleWithProject: () => Promise.resolve('Nobody has it.'),
    troubleWithAccount: () => Promise.resolve('It is closed.'),
  }
  const answers = ['not-mine', 'not-mine', '', '', '', '10', PAYER, PAYER]
  const { file } = await typed(answers, { surroundings: refusing })
  expect(readEnvironment(file)).toMatchObject({ project: 'not-mine', budget: { billingAccount: PAYER } })
})

test('a budget of an account that does not pay for the project is doubted', async () => {
  const other = '02BC34-56DE78-9AF012'
  const { file, shown } = await typed(['my-project', '', '', '', '10', other, PAYER])
  expect(shown).toContain(`${PAYER} pays for the project, so that this budget would see nothing of it.`)
  expect(readEnvironment(file).budget?.billingAccount).toBe(PAYER)
})

test('a project without billing, and one whose organisation allows other places only, are told', async () => {
  const poor = {
    ...WELL,
    payerOf: () => Promise.resolve(''),
    allowedLocations: () => Promise.resolve(['in:eu-locations']),
  }
  const { shown } = await typed(['my-project'], { surroundings: poor })
  expect(shown).toContain('`gcloud billing projects link my-project --billing-account=ACCOUNT`')
  expect(shown).toContain('A policy of the organisation allows in:eu-locations only')
})

test('where gcloud cannot tell anything, the file is written all the same', async () => {
  const nothing = () => Promise.resolve(null)
  const silent = { troubleWithProject: nothing, payerOf: nothing, troubleWithAccount: nothing, allowedLocations: nothing }
  const { file, shown } = await typed(['my-project', '', '', '', '10', PAYER], { surroundings: silent })
  expect(readEnvironment(file)).toMatchObject({ project: 'my-project', budget: { billingAccount: PAYER } })
  expect(shown).toContain('gcloud cannot tell who pays for it')
})

test('answers that end too early write nothing, and say what was wrong', async () => {
  const { file, ended } = await typed(['My Project'])
  expect(ended?.message).toContain('Nothing was written')
  expect(ended?.message).toContain('must be the id of a Google Cloud project')
  expect(existsSync(file)).toBe(false)
})

test('a file that is there is kept', async () => {
  const { file } = await typed(['my-project'])
  const { ended } = await typed(['another-project'])
  expect(ended?.message).toContain('is there already')
  expect(readEnvironment(file).project).toBe('my-project')
})

test('a second environment gets a project of its own', async () => {
  const { file: production } = await typed(['my-project'])
  const { file, shown } = await typed(['my-project', 'my-project', 'my-staging'], { name: 'staging.json' })
  expect(shown).toContain(`${production} has this project. Everything has the same name in each environment`)
  expect(readEnvironment(file).project).toBe('my-staging')
})

test("two files with one project are refused, whatever is done with them, and the example is nobody's", async () => {
  const { file } = await typed(['my-project'])
  writeFileSync(join(folder, 'example.json'), '{"v": 1, "project": "my-project"}')
  writeFileSync(join(folder, 'notes.json'), 'none')
  mkdirSync(join(folder, 'old.json'))
  expect(readEnvironment(file).project).toBe('my-project')
  const copy = join(folder, 'staging.json')
  writeFileSync(copy, '{"v": 1, "project": "my-project"}')
  for (const one of [file, copy]) expect(() => readEnvironment(one)).toThrow('both have the project my-project')
  expect(neighbourWith('my-project', join(folder, 'third.json'))).toBe(file)
})
