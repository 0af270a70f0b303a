import { encode, type Fields, type Micros, timestampOf, type Value, valueOf } from './messages.ts'
import { type FieldPath, fieldAt, withField } from './field-paths.ts'

/** A version of a document. It never changes. */
export class Document {
  /** The full name, `projects/…/documents/…`. */
  readonly name: string
  readonly fields: Fields
  readonly createdAt: Micros
  readonly updatedAt: Micros
  #bytes: Buffer | null = null
  #nameValue: Value | null = null

  constructor(name: string, fields: Fields, createdAt: Micros, updatedAt: Micros) {
    this.name = name
    this.fields = fields
    this.createdAt = createdAt
    this.updatedAt = updatedAt
  }

  /** The message `Document`, encoded once for all who read this version. */
  get bytes(): Buffer {
    return (this.#bytes ??= this.#encode(this.fields))
  }

  /** The same with some fields only. */
  withFields(paths: readonly FieldPath[]): Buffer {
    const some = paths.reduce<Fields>((fields, path) => {
      const value = fieldAt(this.fields, path)
      return value === undefined ? fields : withField(fields, path, value)
    }, {})
    return this.#encode(some)
  }

  /** Returns the value of a field. No path is the name of the document. */
  at(path: FieldPath | null): Value | undefined {
    return path === null ? (this.#nameValue ??= valueOf({ referenceValue: this.name })) : fieldAt(this.fields, path)
  }

  #encode(fields: Fields): Buffer {
    return encode.document({
      name: this.name,
      fields,
      createTime: timestampOf(this.createdAt),
      updateTime: timestampOf(this.updatedAt),
    })
  }
}

export const collectionOf = (name: string): string => name.slice(0, name.lastIndexOf('/'))
