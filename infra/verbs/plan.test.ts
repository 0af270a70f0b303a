import { expect, test } from 'vitest'
import { firebase } from '../resources/command.ts'
import { target } from '../resources/fixtures/target.ts'
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

test('a part of the resources has no cost, and says so', async () => {
  const { result, told } = await planned([], true)
  expect(result.cost).toBeNull()
  expect(told).toContain('What a month costs is left out')
  expect(told).not.toContain('costs about')
})
