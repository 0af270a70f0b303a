import { expect, it } from 'vitest'
import { mediaTypeOf } from './media-type.ts'

it.each([
  ['image', null, 'https://a.test/b.PNG?size=1', 'image/png'],
  ['image', 'c.webp', 'https://a.test/b.png', 'image/webp'],
  ['image', null, 'https://a.test/400/300', 'image/jpeg'],
  ['image', null, 'https://a.test/b.pdf', 'image/jpeg'],
  ['document', 'bill.pdf', null, 'application/pdf'],
  ['document', null, 'https://a.test/photo.jpg#top', 'image/jpeg'],
  ['document', 'constructor', 'no address', 'application/octet-stream'],
  ['voice', null, 'https://a.test/v.mp3', 'audio/mpeg'],
  ['voice', null, null, 'audio/ogg; codecs=opus'],
  ['video', 'film', null, 'video/mp4'],
] as const)('a file of a message with %s, called %s, at %s, is taken for %s', (kind, filename, url, type) => {
  expect(mediaTypeOf(kind, filename, url)).toBe(type)
})
