import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { firebase } from '../resources/command.ts'
import { target } from '../resources/fixtures/target.ts'
import type { Resource, Stage } from '../resources/resource.ts'
import { apply } from './apply.ts'
import type { Deployment } from './deployment.ts'

/** A project is a folder here: a thing that is there is a file with its name. */
let project: string

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-apply-'))
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

const thing = (name: string, stage: Stage, more: Partial<Resource> = {}): Resource => ({
  id: name,
  stage,
  reads: [{ url: name }],
  permissions: [],
  create: () => [firebase('p', name)],
  ...more,
})

/** A deployment of things whose commands make the file that `--only=` names. One called `broken` fails. */
function deploymentOf(...resources: readonly Resource[]): { deployment: Deployment } {
  const script = join(project, '.make.mjs')
  writeFileSync(
    script,
    `import { existsSync, writeFileSync } from 'node:fs'
     const name = process.argv.find((word) => word.startsWith('--only=')).slice(7)
     if (name === 'broken' && !existsSync(${JSON.stringify(join(project, '.mended'))})) throw new Error('no quota')
     writeFileSync(${JSON.stringify(project)} + '/' + name, '{}')`,
  )
  const read = ({ url }: { url: string }) => Promise.resolve(existsSync(join(project, url)) ? { name: url } : null)
  const sdk = { firebase: [process.execPath, script], track: () => [], learn: () => Promise.resolve() }
  return { deployment: { target, resources, rest: { read, reads: 0 }, sdk } }
}

const present = () => readdirSync(project).filter((name) => !name.startsWith('.'))

test('what is missing is made, stage by stage, and a second run changes nothing', async () => {
  const { deployment } = deploymentOf(thing('pool', 'runner'), thing('account', 'base'), thing('bucket', 'base'))
  const lines: string[] = []
  expect(await apply(deployment, { isPart: false, say: (line) => lines.push(line) })).toMatchObject({ changed: 3, failed: 0 })
  expect(present()).toEqual(['account', 'bucket', 'pool'])
  expect(lines.filter((line) => line.includes(' to change'))).toEqual([
    '3 to change, in 2 stage(s): base, runner',
    'base: 2 of 2 to change',
    'runner: 1 of 1 to change',
  ])
  expect(lines.filter((line) => line.includes('/3] '))).toEqual([
    expect.stringMatching(/^ {2}\[1\/3\] (account|bucket): done \([\d.]+ s\)$/),
    expect.stringMatching(/^ {2}\[2\/3\] (account|bucket): done/),
    expect.stringMatching(/^ {2}\[3\/3\] pool: done/),
  ])
  expect(lines.at(-2)).toMatch(/^3 changed in [\d.]+ s\. Everything is as wanted\.$/)
  expect(await apply(deployment, { isPart: false, say: (line) => lines.push(line) })).toMatchObject({ changed: 0, failed: 0 })
  expect(lines.slice(-2)).toEqual(['Nothing had to be changed.', expect.stringContaining('Next: `npm run infra -- doctor`')])
})

test('what fails does not stop the rest of its stage, and no later stage begins', async () => {
  const { deployment } = deploymentOf(thing('broken', 'base'), thing('bucket', 'base'), thing('pool', 'runner'))
  const lines: string[] = []
  expect(await apply(deployment, { isPart: false, say: (line) => lines.push(line) })).toMatchObject({ changed: 1, failed: 1 })
  expect(present()).toEqual(['bucket'])
  expect(lines).not.toContain('runner: 1 of 1 to change')
  expect(lines.join('\n')).toContain('broken: FAILED')
  expect(lines.join('\n')).toContain('no quota')
})

test('a run after the cause is mended goes on with the rest', async () => {
  const { deployment } = deploymentOf(thing('broken', 'base'), thing('bucket', 'base'), thing('pool', 'runner'))
  await apply(deployment, { isPart: false, say: () => {} })
  writeFileSync(join(project, '.mended'), '')
  expect(await apply(deployment, { isPart: false, say: () => {} })).toMatchObject({ changed: 2, failed: 0 })
  expect(present()).toEqual(['broken', 'bucket', 'pool'])
})

test('a stage is judged right before it begins, when the things of earlier stages are there', async () => {
  let seen = false
  const later = thing('pool', 'runner', {
    have: ([answer]) => {
      seen = existsSync(join(project, 'account'))
      return answer
    },
  })
  await apply(deploymentOf(later, thing('account', 'base')).deployment, { isPart: false, say: () => {} })
  expect(seen).toBe(true)
})

test('what Google never changes is told and fails, and nothing is run for it', async () => {
  writeFileSync(join(project, 'database'), '')
  const elsewhere = thing('database', 'base', {
    want: () => ({ name: 'another place' }),
    fixed: ['name'],
    update: () => [firebase('p', 'x')],
  })
  const lines: string[] = []
  expect(await apply(deploymentOf(elsewhere).deployment, { isPart: false, say: (line) => lines.push(line) })).toMatchObject({
    changed: 0,
    failed: 1,
  })
  expect(lines.join('\n')).toContain('! database: Google never changes this once it is there')
  expect(present()).toEqual(['database'])
})

test('what its command did not change is told by its name in the end, and later stages are not kept from beginning', async () => {
  const idle = thing('channel', 'base', { create: () => [firebase('p', 'something-else')] })
  const lines: string[] = []
  const { deployment } = deploymentOf(idle, thing('bucket', 'base'), thing('pool', 'runner'))
  const say = (line: string) => void lines.push(line)
  expect(await apply(deployment, { isPart: false, say, looksAfterMs: [0] })).toMatchObject({
    changed: 3,
    failed: 0,
    different: ['channel'],
  })
  expect(lines).toContain('channel is still not as wanted although its command succeeded: `npm run infra -- plan` shows how.')
  expect(lines.join('\n')).toContain('1 of them in vain.')
  expect(lines.join('\n')).not.toContain('is as wanted.')
})

test('what Google shows a little later than its command ended is as wanted', async () => {
  const { deployment } = deploymentOf(thing('bucket', 'base'))
  let hidden = 2
  const { rest } = deployment
  const late = async (request: Parameters<typeof rest.read>[0]) => {
    const answer = await rest.read(request)
    return answer !== null && hidden-- > 0 ? null : answer
  }
  const slow = { ...deployment, rest: { ...rest, read: late } }
  expect(await apply(slow, { isPart: false, say: () => {}, looksAfterMs: [0, 0] })).toMatchObject({ changed: 1, different: [] })
  expect(hidden).toBe(-1)
})

test('a part that was chosen says nothing about the rest', async () => {
  const lines: string[] = []
  await apply(deploymentOf(thing('bucket', 'base')).deployment, { isPart: true, say: (line) => lines.push(line) })
  expect(lines.join('\n')).toMatch(/1 changed in [\d.]+ s\. What was chosen is as wanted\./)
})
