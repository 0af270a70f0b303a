import type { z } from 'zod'

/** Turns the values of one kind of the state image into text, and back. */
export interface ValueCodec<Value> {
  readonly format: 'json' | 'text' | 'number'
  /** The shape of a value. A reader that cannot trust the image checks with it. */
  readonly schema: z.ZodType<Value>
  encode(value: Value): string
  /** Does not check the shape: rows are read with each message, and a row of a later version keeps the fields that only it has. */
  decode(encoded: string): Value
}

export const json = <Value>(schema: z.ZodType<Value>): ValueCodec<Value> => ({
  format: 'json',
  schema,
  encode: (value) => JSON.stringify(value),
  decode: (encoded) => JSON.parse(encoded) as Value,
})

export const text = <Value extends string>(schema: z.ZodType<Value>): ValueCodec<Value> => ({
  format: 'text',
  schema,
  encode: (value) => value,
  decode: (encoded) => encoded as Value,
})

export const number = (schema: z.ZodType<number>): ValueCodec<number> => ({
  format: 'number',
  schema,
  encode: String,
  decode: Number,
})
