import { expect, it } from 'vitest'
import { factsOfWebp, isWebp } from './webp.ts'

/** The beginning of a picture: its first chunk, from the byte behind the chunk's length. */
const webp = (chunk: string, data: string): Buffer =>
  Buffer.concat([Buffer.from(`RIFF\0\0\0\0WEBP${chunk}\0\0\0\0`, 'latin1'), Buffer.from(data, 'hex'), Buffer.alloc(20)])

it('the size of a WebP picture and whether it moves are read from its head, in each of its three forms', () => {
  const size = { width: 512, height: 256 }
  expect(factsOfWebp(webp('VP8X', '02000000ff0100ff0000'))).toEqual({ size, isAnimated: true })
  expect(factsOfWebp(webp('VP8X', '10000000ff0100ff0000'))).toEqual({ size, isAnimated: false })
  expect(factsOfWebp(webp('VP8L', '2fffc13f00'))).toEqual({ size, isAnimated: false })
  expect(factsOfWebp(webp('VP8 ', '3000009d012a00020001'))).toEqual({ size, isAnimated: false })
})

it('nothing is read of what is cut, unknown, or no WebP picture', () => {
  const nothing = { size: null, isAnimated: false }
  const cut = webp('VP8X', '02000000ff01').subarray(0, 26)
  for (const head of [cut, webp('XMP ', ''), Buffer.alloc(40), Buffer.alloc(0)]) expect(factsOfWebp(head)).toEqual(nothing)
  expect([cut, webp('XMP ', ''), Buffer.from('RIFF\0\0\0\0WAVEfmt '), Buffer.alloc(0)].map(isWebp)).toEqual([
    true,
    true,
    false,
    false,
  ])
})
