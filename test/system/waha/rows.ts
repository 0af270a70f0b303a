import { describe, expect, test } from 'vitest'
import type { WahaRoute } from './routes-of-waha.ts'
import { type Answer, type Ask, hasFields, type WahaWorld } from './waha-world.ts'

type Lazy<T> = T | ((waha: WahaWorld) => T | Promise<T>)

/** A request as a client sends it, what it gets, and what webhooks tell of it. */
export interface Row {
  readonly route: WahaRoute
  readonly of?: string
  readonly ask?: Lazy<Ask>
  readonly status: number
  /** The fields that clients read. */
  readonly answer?: Lazy<object>
  /** The names in the header of ignored fields. */
  readonly ignored?: readonly string[]
  /** The event and fields of its payload. */
  readonly event?: (waha: WahaWorld, answer: Answer) => readonly [event: string, payload: object]
  /** What else is seen afterwards. */
  readonly after?: (waha: WahaWorld, answer: Answer) => Promise<void> | void
}

const valueOf = async <T>(lazy: Lazy<T>, waha: WahaWorld): Promise<T> =>
  typeof lazy === 'function' ? await (lazy as (waha: WahaWorld) => T | Promise<T>)(waha) : lazy

/** Tests each row, in order. */
export function conforms(title: string, waha: () => WahaWorld, rows: readonly Row[]): void {
  describe(title, () => {
    test.for(rows.map((row) => ({ ...row, name: `${row.route}${row.of ? `, ${row.of}` : ''}` })))('$name', async (row) => {
      const world = waha()
      const answer = await world.ask(row.route, row.ask ? await valueOf(row.ask, world) : {})
      const shown = { status: answer.status, body: answer.body }
      const wanted = row.answer === undefined ? {} : { body: await valueOf(row.answer, world) }
      expect(shown).toMatchObject({ status: row.status, ...wanted })
      if (row.ignored) {
        const named = String(answer.headers['x-ignored-fields'] ?? '').split(', ')
        expect(named.toSorted()).toEqual(row.ignored.toSorted())
      }
      if (row.event) await world.told(...row.event(world, answer))
      await row.after?.(world, answer)
    })
  })
}

/** What a client shows of an error: `message`, else `error`, and `statusCode` beside them. */
export const problem = (status: number, more: object = {}): object => ({
  statusCode: status,
  message: expect.anything(),
  error: expect.any(String),
  ...more,
})

/** A list that has an item with these fields. */
export const listWith = (fields: object): object => ({
  asymmetricMatch: (list: unknown) => Array.isArray(list) && list.some((item) => hasFields(item, fields)),
  toString: () => 'listWith',
  getExpectedType: () => 'array',
  toAsymmetricMatcher: () => `listWith ${JSON.stringify(fields)}`,
})
