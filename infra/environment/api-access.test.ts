import { expect, test } from 'vitest'
import { apiAccess } from './api-access.ts'

const iap = { members: ['group:callers@example.com'] }

test('the API is public unless the environment says otherwise', () => {
  expect(apiAccess.parse({})).toEqual({ access: 'public' })
})

test.each([
  { access: 'internal' },
  { access: 'public', domain: 'api.example.com' },
  { access: 'load-balancer', domain: 'api.example.com' },
  { access: 'load-balancer', domain: 'a-1.b.example', iap },
  { access: 'load-balancer', domain: 'api.example.com', iap: { members: ['domain:example.com', 'user:me@example.com'] } },
])('%j is taken', (given) => {
  expect(apiAccess.parse(given)).toEqual(given)
})

test.each([
  [{ access: 'load-balancer' }, 'domain'],
  [{ access: 'internal', domain: 'api.example.com' }, 'domain'],
  [{ access: 'public', domain: 'https://api.example.com' }, 'domain'],
  [{ access: 'public', domain: `${'a'.repeat(60)}.example.com` }, 'domain'],
  // Callers would go around it.
  [{ access: 'public', domain: 'api.example.com', iap }, 'iap'],
  // It would let everybody in who has an account at Google.
  [{ access: 'load-balancer', domain: 'api.example.com', iap: { members: ['allAuthenticatedUsers'] } }, 'iap.members.0'],
  [{ access: 'load-balancer', domain: 'api.example.com', iap: { members: [] } }, 'iap.members'],
])('%j is refused', (given, path) => {
  expect(apiAccess.safeParse(given).error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
})
