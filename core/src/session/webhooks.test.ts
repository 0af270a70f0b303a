import { expect, it } from 'vitest'
import { endpointsOf } from './webhooks.ts'

it('takes an address that is there twice for one end point, with the events of both', () => {
  const url = 'https://example.com/hook'
  const endpoints = endpointsOf(
    [
      { url, events: ['message'] },
      { url: 'not an address', events: ['message'] },
      { url, events: ['session.status'] },
      { url: `${url}/other`, events: ['*'] },
    ],
    'default.main',
  )
  expect(endpoints).toMatchObject([
    { url, events: ['message', 'session.status'] },
    { url: `${url}/other`, events: ['*'] },
  ])
})
