import { describe, expect, it } from 'vitest'
import { endingOf, incomingFolder, mediaObjectOf, mediaUrlOf, sessionOfMedia } from './media-document.ts'

describe('a medium', () => {
  it('lies below its tenant and session', () => {
    expect(mediaObjectOf('acme.sales', 'abc')).toBe('media/acme/acme.sales/abc')
  })

  it('names the session whose key seals it, and no other name does', () => {
    expect(sessionOfMedia(mediaObjectOf('acme.sales', 'abc'))).toBe('acme.sales')
    const others = [
      `${incomingFolder('acme')}abc`,
      'media/other/acme.sales/abc',
      'media/acme/acme.sales/a/b',
      'sessions/acme.sales/1',
      '',
    ]
    expect(others.map(sessionOfMedia)).toEqual(others.map(() => null))
  })

  it('has an address on the host of the API, which ends as its type does', () => {
    expect(mediaUrlOf('https://api.example.com', 'sales', 'abc', 'image/jpeg')).toBe(
      'https://api.example.com/api/files/sales/abc.jpeg',
    )
    expect(mediaUrlOf('https://api.example.com', 'sales', 'abc')).toBe('https://api.example.com/api/files/sales/abc')
  })

  it.each([
    ['audio/ogg; codecs=opus', '.oga'],
    ['application/pdf', '.pdf'],
    ['image/webp', '.webp'],
    ['application/x.very-odd+thing', ''],
    ['../etc', ''],
  ])('of type %s has the ending %s', (mimetype, ending) => {
    expect(endingOf(mimetype)).toBe(ending)
  })
})
