import { expect, it } from 'vitest'
import { stickerOf } from './sticker.ts'

const media = (mimetype: string) => ({ source: { kind: 'url', url: 'https://example.com/a' }, mimetype, filename: null }) as const

const webp = Buffer.from('RIFF\0\0\0\0WEBPVP8 ', 'latin1')

it('a picture is a sticker by its bytes, and by its type where there are none yet', () => {
  for (const [mimetype, head] of [
    ['image/webp', webp],
    ['image/png', webp],
    ['image/webp', null],
    ['Image/WebP; q=1', null],
  ] as const) {
    expect(stickerOf(media(mimetype), head)).toEqual(media('image/webp'))
  }
})

it.each([
  ['image/webp', Buffer.from('89504e47', 'hex')],
  ['image/webp', Buffer.alloc(0)],
  ['image/png', null],
  ['image/webpage', null],
])('any other is refused: %s, %j', (mimetype, head) => {
  expect(() => stickerOf(media(mimetype), head)).toThrow('WebP')
})
