import { expect, test } from 'vitest'
import { targetOf } from '../resources/fixtures/target.ts'
import type { Read } from '../resources/resource.ts'
import { checksOfAccess } from './checks-of-access.ts'
import { whereApiIs } from './where-api-is.ts'

const DOMAIN = 'api.example.com'
const balanced = { access: 'load-balancer', domain: DOMAIN }

const reader = {
  read: async ({ url }: Read) =>
    url.includes('/addresses/') ? { address: '203.0.113.7' } : { status: { url: 'https://holdfast-api-1.run.app' } },
}

const told = async (api: object) => (await whereApiIs(targetOf({}, { api }), reader)).join('\n')

test('whoever has deployed is told the DNS record to set, and what callers have to do', async () => {
  expect(await told({})).toBe(
    'The API is at https://us-central1-demo-holdfast.cloudfunctions.net/api. As a server, for large bodies and streams, it is at https://holdfast-api-1.run.app.',
  )
  expect(await told(balanced)).toContain(`https://${DOMAIN} once this DNS record is set: ${DOMAIN}. A 203.0.113.7.`)
  expect(await told({ ...balanced, access: 'public' })).toContain('stay open')
  expect(await told({ ...balanced, iap: { members: ['user:me@example.com'] } })).toContain('in X-Api-Key')
  expect(await told({ access: 'internal' })).toContain('https://holdfast-api-1.run.app, for callers in a network of the project')
})

test('a certificate that Google has not made yet is told, with the record that it waits for', () => {
  const [check] = checksOfAccess(targetOf({}, { api: balanced }))
  const address = { address: '203.0.113.7' }
  const waiting = { managed: { status: 'PROVISIONING', domainStatus: { [DOMAIN]: 'FAILED_NOT_VISIBLE' } } }
  expect(check?.problem([waiting, address])).toBe(
    `it is PROVISIONING (FAILED_NOT_VISIBLE); the record has to be: ${DOMAIN}. A 203.0.113.7`,
  )
  expect(check?.problem([{ managed: { status: 'ACTIVE' } }, address])).toBeNull()
  expect(checksOfAccess(targetOf({}))).toEqual([])
})
