import { createLogger } from '@holdfast/core/platform/logging'
import type { OutgoingAnswer } from '@holdfast/core/platform/outgoing'
import { systemClock } from '@holdfast/core/platform/system-clock'
import { describe, expect, test } from 'vitest'
import { LinkPreviews, readPage } from './link-previews.ts'

const JPEG = Buffer.of(0xff, 0xd8, 0xff, 0xe0, 1)
const HTML = { 'content-type': 'text/html; charset=utf-8' }

const page = (body: string | Buffer, headers: Record<string, string> = HTML, status = 200): OutgoingAnswer => ({
  status,
  headers,
  body: Buffer.from(body),
})

/** Previews of a web with these pages. */
function previews(pages: Record<string, OutgoingAnswer>) {
  const asked: string[] = []
  const http = {
    request: async ({ url }: { url: string }) => {
      asked.push(url)
      const answer = pages[url]
      if (!answer) throw new Error('no such host')
      return answer
    },
  }
  const logger = createLogger('test', 'silent')
  return { asked, of: new LinkPreviews({ http, clock: systemClock, logger }) }
}

const fetched = { kind: 'fetched' } as const

describe('the preview of a page', () => {
  test('has its title, description and picture, also behind a redirect', async () => {
    const head =
      '<meta property="og:title" content="A &amp; B"><meta content="Of it" name="description"><meta property="og:image" content="/p.jpg">'
    const { of } = previews({
      'https://a.example/x': page('', { location: 'https://b.example/y' }, 302),
      'https://b.example/y': page(head),
      'https://b.example/p.jpg': page(JPEG, {}),
    })
    expect(await of.of('see https://a.example/x.', fetched)).toEqual({
      url: 'https://a.example/x',
      title: 'A & B',
      description: 'Of it',
      thumbnail: JPEG,
    })
  })

  test('is none when the page cannot be had, is no page, or sends on for ever', async () => {
    const round = page('', { location: 'https://a.example/' }, 302)
    const { of, asked } = previews({
      'https://a.example/': round,
      'https://b.example/': page('x', { 'content-type': 'text/plain' }),
    })
    expect(await of.of('https://a.example/', fetched)).toBeNull()
    expect(asked).toHaveLength(4)
    expect(await of.of('https://b.example/', fetched)).toBeNull()
    expect(await of.of('https://nowhere.example/', fetched)).toBeNull()
    expect(await of.of('no link', fetched)).toBeNull()
  })
})

test('a preview that is given loses its picture when that is no small JPEG, and nothing else', async () => {
  const given = { kind: 'given', url: 'https://a.example/', title: 'T', description: null } as const
  const { of } = previews({ 'https://a.example/p.png': page('PNG', {}) })
  const data = JPEG.toString('base64')
  const shown = { url: given.url, title: 'T', description: null }
  expect(await of.of('', { ...given, image: { url: null, data } })).toMatchObject({ ...shown, thumbnail: JPEG })
  expect(await of.of('', { ...given, image: { url: 'https://a.example/p.png', data: null } })).toMatchObject({
    ...shown,
    thumbnail: null,
  })
  expect(await of.of('', { ...given, image: { url: 'https://gone.example/', data: null } })).toMatchObject({
    ...shown,
    thumbnail: null,
  })
})

test('a page without words of its own has its title only', () => {
  expect(readPage('<title>\n Plain &#33; </title>')).toEqual({ title: 'Plain !', description: null, picture: null })
  expect(readPage('<p>nothing</p>').title).toBeNull()
})
