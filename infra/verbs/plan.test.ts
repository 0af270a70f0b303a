import { expect, test } from 'vitest'
import { firebase } from '../resources/command.ts'
import { target, targetOf } from '../resources/fixtures/target.ts'
import type { Read, Resource } from '../resources/resource.ts'
import type { Deployment } from './deployment.ts'
import { plan } from './plan.ts'

const bucket: Resource = {
  id: 'bucket',
  stage: 'base',
  reads: [{ url: 'bucket' }],
  permissions: ['storage.buckets.create', 'storage.buckets.update'],
  create: () => [firebase('p', 'bucket')],
}

/** A project in which nothing is there. `granted` are the caller's permissions; null while nobody answers. */
const deploymentOf = (granted: readonly string[] | null): Deployment => {
  const read = ({ method }: Read) => Promise.resolve(method === 'POST' && granted !== null ? { permissions: granted } : null)
  const sdk = { firebase: ['firebase'], track: () => [], learn: () => Promise.resolve() }
  return { target, resources: [bucket], rest: { read, reads: 0 }, sdk }
}

async function planned(granted: readonly string[] | null, isPart = false) {
  const lines: string[] = []
  const result = await plan(deploymentOf(granted), { sessions: 50, isPart, say: (line) => lines.push(line) })
  return { result, told: lines.join('\n') }
}

test('a program gets the changes, the findings on permissions, and the cost', async () => {
  const { result } = await planned(['storage.buckets.create'])
  expect(result).toMatchObject({
    resources: 1,
    changes: [{ resource: 'bucket', kind: 'create', different: [], commands: [expect.stringContaining('--only=bucket')] }],
    permissions: { known: true, missing: ['storage.buckets.update'] },
    cost: { sessions: 50, messagesADay: 100, pricesOf: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
  })
  const { usd, usdASession, lines } = result.cost ?? { usd: 0, usdASession: 0, lines: [] }
  expect(usdASession).toBeCloseTo(usd / 50, 3)
  expect(lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(usd, 2)
  expect(lines).toContainEqual({ part: 'runners', what: expect.stringContaining('1 runner'), usd: expect.any(Number) })
})

test('permissions that nobody can tell yet are not told as granted', async () => {
  const { result, told } = await planned(null)
  expect(result.permissions).toEqual({ known: false, missing: [] })
  expect(told).toContain('cannot be known before the first services')
})

interface Fleet {
  /** The number of runners that are there. */
  readonly present?: number
  readonly budget?: object
  readonly sessions?: number
}

async function toldOf({ present, budget, sessions }: Fleet) {
  const lines: string[] = []
  const { rest, ...others } = deploymentOf([])
  const pool = { metadata: { annotations: { 'run.googleapis.com/manualInstanceCount': String(present) } } }
  const read = (one: Read) => (present !== undefined && one.url.includes('workerpools') ? Promise.resolve(pool) : rest.read(one))
  const more = budget === undefined ? {} : { budget }
  const deployment = { ...others, target: targetOf({}, more), rest: { read, reads: 0 } }
  const result = await plan(deployment, { sessions, isPart: false, say: (line) => lines.push(line) })
  return { told: lines.join('\n'), sessions: result.cost?.sessions }
}

test('the cost counts the runners that are there, those of the file before, or what somebody named, and says which', async () => {
  const { instances, maxConnections } = target.environment.runner
  const before = await toldOf({})
  expect(before.told).toContain(`This counts the ${instances} runner(s) of the file`)
  expect(before.sessions).toBe(instances * maxConnections)
  const scaled = await toldOf({ present: instances + 7 })
  expect(scaled.told).toContain(`the ${instances + 7} runner(s) that are there (the file says ${instances})`)
  expect(scaled.sessions).toBe((instances + 7) * maxConnections)
  expect((await toldOf({ present: instances })).told).toContain(`the ${instances} runner(s) that are there, full`)
  expect((await toldOf({ present: 9, sessions: 3 })).told).toContain('as many runners as 3 session(s) need')
})

test('an estimate above the budget of the file is told, and one below is not', async () => {
  const budget = (usdAMonth: number) => ({ billingAccount: '01AB23-45CD67-89EF01', usdAMonth })
  expect((await toldOf({ budget: budget(1) })).told).toContain('It is above the budget of the file, $1.00 a month')
  expect((await toldOf({ budget: budget(100_000) })).told).not.toContain('above the budget')
  expect((await toldOf({})).told).not.toContain('above the budget')
})

test('whoever lacks no permission is told so, and what comes next', async () => {
  const { told } = await planned(bucket.permissions)
  expect(told).toContain('You lack no permission.')
  expect(told).toMatch(/Next: `npm run infra -- apply` .*$/)
})

test('a part of the resources has no cost, and says so', async () => {
  const { result, told } = await planned([], true)
  expect(result.cost).toBeNull()
  expect(told).toContain('What a month costs is left out')
  expect(told).not.toContain('costs about')
})
