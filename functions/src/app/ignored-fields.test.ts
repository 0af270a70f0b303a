import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { refusedField, unknownField } from '../api/schemas.ts'
import { headerOf, readIgnoring } from './ignored-fields.ts'

const fields = {
  chatId: z.string(),
  text: z.string(),
  caption: z.string().nullable().optional(),
  reaction: z.string().optional(),
  asNote: z.boolean().default(false),
  file: z.strictObject({ url: z.string(), filename: z.string().optional() }).optional(),
  names: z.array(z.string()).optional(),
}
const schema = z.object(fields).catchall(unknownField)
const message = { chatId: 'x', text: 'y' }

const read = (body: unknown) => {
  const { result, ignored } = readIgnoring(schema, structuredClone(body))
  return { data: result.data, fields: result.error?.issues.map(({ path }) => path.join('.')), ignored }
}

describe('a body in the words of WAHA', () => {
  it('is read without the fields that nobody knows, also within', () => {
    const file = { url: 'u', size: 1, more: null }
    expect(read({ ...message, linkPreview: true, poll: { a: 1 }, file })).toEqual({
      data: { ...message, asNote: false, file: { url: 'u' } },
      fields: undefined,
      ignored: expect.arrayContaining(['linkPreview', 'poll', 'file.size', 'file.more']),
    })
  })

  it('takes null and an empty text for nothing where the field has no use for them', () => {
    const body = { ...message, caption: null, reaction: '', asNote: null, file: { url: 'u', filename: null } }
    expect(read(body)).toEqual({
      data: { ...message, caption: null, reaction: '', asNote: false, file: { url: 'u' } },
      fields: undefined,
      ignored: ['asNote', 'file.filename'],
    })
    expect(read({ ...message, asNote: '', file: '', names: null })).toMatchObject({
      data: { ...message, asNote: false },
      ignored: ['asNote', 'file', 'names'],
    })
  })

  it('lacks a required field that is null, and has mistakes as ever', () => {
    expect(read({ chatId: null, text: 'y', more: 1 })).toMatchObject({ data: undefined, fields: ['chatId'] })
    expect(read({ ...message, asNote: 'yes' })).toMatchObject({ data: undefined, fields: ['asNote'] })
    expect(read({ ...message, names: ['a', null] })).toMatchObject({ data: undefined, fields: ['names.1'] })
    expect(read(null)).toMatchObject({ data: undefined, ignored: [] })
  })
})

it('a body of settings refuses the fields that nobody knows', () => {
  const { result, ignored } = readIgnoring(z.object(fields).catchall(refusedField), { ...message, more: 1, asNote: '' })
  expect([result.success, ignored]).toEqual([false, []])
})

describe('the header', () => {
  it('can be sent, whatever the names are', () => {
    const text = headerOf(['linkPreview', 'file.size', 'a\r\nX-Evil: 1', 'ü', '\uD83D', 'linkPreview'])
    expect(text).toBe('linkPreview, file.size, a%0D%0AX-Evil%3A%201, %C3%BC, %EF%BF%BD')
    expect(new Headers({ 'X-Ignored-Fields': text }).get('X-Ignored-Fields')).toBe(text)
  })

  it('is not without end', () => {
    const text = headerOf(Array.from({ length: 10_000 }, (_, index) => `field${index}`))
    expect(text.length).toBeLessThan(1010)
    expect(text).toMatch(/, field\d+, \.\.\.$/)
  })
})
