import { status } from '@grpc/grpc-js'
import { Document } from './document.ts'
import { fieldAt, type FieldPath, pathOf, withField } from './field-paths.ts'
import {
  type Fields,
  type FieldTransform,
  type Micros,
  microsOf,
  timestampOf,
  type Value,
  valueOf,
  type Write,
} from './messages.ts'
import { notHere, Refusal } from './refusal.ts'
import { compare, haveSame, numberIn } from './values.ts'

/** A document around one write of a commit. */
export interface Written {
  readonly name: string
  readonly after: Document | null
  readonly transformed: readonly Value[]
}

export function nameIn(write: Write): string {
  if (write.operation === 'update') return write.update.name
  if (write.operation === 'delete') return write.delete
  throw notHere('transform as a write of its own')
}

/**
 * Applies one write of a commit.
 *
 * @param before the document before the commit, by which the time of the last change is judged
 * @param known the document after the writes of the commit so far
 * @throws Refusal where a precondition does not hold
 */
export function applyWrite(write: Write, before: Document | null, known: Document | null, now: Micros): Written {
  const name = nameIn(write)
  checkPrecondition(write, name, before, known)
  if (write.operation === 'delete') return { name, after: null, transformed: [] }
  const transformed: Value[] = []
  let fields = updated(write, known?.fields ?? {})
  for (const transform of write.updateTransforms) {
    const path = pathOf(transform.fieldPath)
    const { value, result } = transformOf(transform, fieldAt(fields, path), now)
    fields = withField(fields, path, value)
    transformed.push(result)
  }
  // A write that changes nothing leaves the time of the last change as it is.
  const isSame = known !== null && haveSame(fields, known.fields)
  return { name, after: isSame ? known : new Document(name, fields, known?.createdAt ?? now, now), transformed }
}

function checkPrecondition({ currentDocument }: Write, name: string, before: Document | null, known: Document | null): void {
  if (!currentDocument) return
  if (currentDocument.conditionType === 'updateTime') {
    if (before?.updatedAt !== microsOf(currentDocument.updateTime)) {
      throw new Refusal(status.FAILED_PRECONDITION, `The document was changed meanwhile: ${name}`)
    }
    if (!known) throw new Refusal(status.NOT_FOUND, `There is no document ${name}`)
  } else if (currentDocument.exists && !known) throw new Refusal(status.NOT_FOUND, `There is no document ${name}`)
  else if (!currentDocument.exists && known) throw new Refusal(status.ALREADY_EXISTS, `The document exists: ${name}`)
}

/** Without a mask a write replaces all fields. With one it replaces the named fields, and removes those that it has no value for. */
function updated({ update, updateMask }: Write, known: Fields): Fields {
  if (!updateMask) return update.fields
  return updateMask.fieldPaths.reduce((fields, text) => {
    const path: FieldPath = pathOf(text)
    return withField(fields, path, fieldAt(update.fields, path))
  }, known)
}

const NOTHING = valueOf({ nullValue: 0 })

function transformOf(transform: FieldTransform, known: Value | undefined, now: Micros): { value: Value; result: Value } {
  switch (transform.transformType) {
    case 'setToServerValue': {
      const value = valueOf({ timestampValue: timestampOf(now) })
      return { value, result: value }
    }
    case 'increment':
    case 'maximum':
    case 'minimum': {
      const value = calculated(transform.transformType, transform[transform.transformType], known)
      return { value, result: value }
    }
    case 'appendMissingElements': {
      const list = [...listIn(known)]
      for (const element of transform.appendMissingElements.values) {
        if (!list.some((other) => compare(other, element) === 0)) list.push(element)
      }
      return { value: valueOf({ arrayValue: { values: list } }), result: NOTHING }
    }
    case 'removeAllFromArray': {
      const gone = transform.removeAllFromArray.values
      const list = listIn(known).filter((element) => !gone.some((other) => compare(other, element) === 0))
      return { value: valueOf({ arrayValue: { values: list } }), result: NOTHING }
    }
  }
}

const listIn = (value: Value | undefined): readonly Value[] => (value?.valueType === 'arrayValue' ? value.arrayValue.values : [])

/** What is no number becomes the operand. */
function calculated(by: 'increment' | 'maximum' | 'minimum', operand: Value, known: Value | undefined): Value {
  const [one, other] = [numberIn(known), numberIn(operand) ?? 0]
  if (known === undefined || one === undefined) return operand
  if (by === 'maximum') return other > one ? operand : known
  if (by === 'minimum') return other < one ? operand : known
  const isWhole = known.valueType === 'integerValue' && operand.valueType === 'integerValue'
  return valueOf(isWhole ? { integerValue: one + other } : { doubleValue: one + other })
}
