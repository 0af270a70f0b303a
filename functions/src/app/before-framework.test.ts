import { describe, expect, it } from 'vitest'
import { withValidEscapes } from './before-framework.ts'

describe('a URL', () => {
  it.each(['/api/sessions/a%20b', '/api/x?since=%E0%A4%A', '/', '/?%', '/api/a?b?c'])('is left alone: %s', (url) => {
    expect(withValidEscapes(url)).toBe(url)
  })

  it('with a wrong escape in its path is taken literally', () => {
    expect(withValidEscapes('/api/sessions/%E0%A4%A?a=%20?b')).toBe('/api/sessions/%25E0%25A4%25A?a=%20?b')
    expect(decodeURIComponent(withValidEscapes('/%'))).toBe('/%')
  })
})
