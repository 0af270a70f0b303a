import { describe, expect, it } from 'vitest'
import { ROUTES } from '../api/routes.ts'
import { bodyLimitOf, FUNCTION_WITHOUT_SERVER, MOST_ON_FUNCTION_BYTES } from './body-limit.ts'

const MIB = 1024 * 1024
const SERVER = { type: 'server' } as const
const BESIDE = { type: 'function', serverUrl: 'https://api.example.com' } as const

describe('the largest body', () => {
  it('is 1 MiB where the route says nothing, everywhere', () => {
    for (const host of [SERVER, BESIDE, FUNCTION_WITHOUT_SERVER]) {
      expect(bodyLimitOf({}, host)).toEqual({ maxBytes: MIB, sentence: 'The body can have at most 1 MiB.' })
    }
  })

  it('is larger on the server where the route says so, and the function names the server', () => {
    const route = { maxBodyBytes: 8 * MIB, maxBodyBytesOnServer: 64 * MIB }
    expect(bodyLimitOf(route, SERVER)).toEqual({ maxBytes: 64 * MIB, sentence: 'The body can have at most 64 MiB.' })
    expect(bodyLimitOf(route, FUNCTION_WITHOUT_SERVER)).toEqual({
      maxBytes: 8 * MIB,
      sentence: 'The body can have at most 8 MiB.',
    })
    expect(bodyLimitOf(route, BESIDE)).toEqual({
      maxBytes: 8 * MIB,
      sentence: 'The body can have at most 8 MiB. Send a larger one to https://api.example.com, which takes up to 64 MiB.',
    })
  })

  it('is never more on a function than Cloud Functions passes', () => {
    expect(bodyLimitOf({ maxBodyBytes: 100 * MIB }, BESIDE)).toEqual({
      maxBytes: MOST_ON_FUNCTION_BYTES,
      sentence: 'The body can have at most 30.5 MiB. Send a larger one to https://api.example.com, which takes up to 100 MiB.',
    })
    expect(ROUTES.filter(({ maxBodyBytes = 0 }) => maxBodyBytes > MOST_ON_FUNCTION_BYTES)).toEqual([])
  })
})
