import * as graphql from 'graphql'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { MOST_VALUES, Spending } from './limits.ts'
import { OutputTypes } from './output-types.ts'

const item = z.strictObject({ name: z.string(), since: z.iso.datetime().nullable() }).meta({ id: 'Item' })
const damaged = z.strictObject({ name: z.string().nullable(), state: z.literal('damaged') }).meta({ id: 'Damaged' })
const answer = z.strictObject({ items: z.array(item), byName: z.record(z.string(), item), any: z.union([item, damaged]) })

function ask(query: string, value: z.input<typeof answer>, spending: { one(): void } = { one: () => {} }) {
  const type = new OutputTypes(graphql).of(answer, 'Answer')
  const fields = { answer: { type, resolve: () => value } }
  const schema = new graphql.GraphQLSchema({ query: new graphql.GraphQLObjectType({ name: 'Query', fields }) })
  return graphql.graphqlSync({ schema, source: query, contextValue: { spending } })
}

const VALUE = {
  items: [{ name: 'a', since: null }],
  byName: { b: { name: 'b', since: null } },
  any: { name: null, state: 'damaged' as const },
}

test('keys that are names become entries', () => {
  const { data } = ask('{ answer { items { name since } byName { key value { name } } } }', VALUE)
  expect(JSON.parse(JSON.stringify(data))).toEqual({
    answer: { items: [{ name: 'a', since: null }], byName: [{ key: 'b', value: { name: 'b' } }] },
  })
})

test('what one of several kinds may lack hides nothing of the others', () => {
  const { data, errors } = ask('{ answer { any { name state since } } }', VALUE)
  expect(errors).toBeUndefined()
  expect(JSON.parse(JSON.stringify(data))).toEqual({ answer: { any: { name: null, state: 'damaged', since: null } } })
})

test('each value of an answer is counted, and too many are refused', () => {
  const items = Array.from({ length: 150 }, (_, n) => ({ name: `${n}`, since: null }))
  const spending = new Spending(graphql)
  expect(ask('{ answer { items { name since } } }', { ...VALUE, items }, spending).errors).toBeUndefined()
  for (let left = MOST_VALUES - 301; left > 0; left--) spending.one()
  expect(ask('{ answer { any { name } } }', VALUE, spending).errors).toMatchObject([{ extensions: { code: 'too-large' } }])
})
