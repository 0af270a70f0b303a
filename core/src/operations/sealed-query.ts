import { HoldfastError } from '../platform/errors.ts'
import { parseStored } from '../platform/parse.ts'
import type { SessionCipher } from '../security/envelope.ts'
import { QUERY_KINDS, type QueryAnswer, type QueryArgs, type QueryKind } from './owner-queries.ts'
import { type OwnerQueryDocument, ownerQueryPath } from './owner-query-document.ts'

/**
 * Seals and opens what is asked of an owner and what it answers; no other file does. Functions that open throw a HoldfastError:
 * `cannot-decrypt` or `bad-document`.
 */

/** PERSISTED CONTRACT v1: the fields that sealed texts are bound to. */
const placeOf = (id: string, field: 'args' | 'answer'): string => `${ownerQueryPath(id)}/${field}`

export const sealArgs = <Kind extends QueryKind>(cipher: SessionCipher, id: string, args: QueryArgs<Kind>): Buffer =>
  cipher.sealContent(encode(args), placeOf(id, 'args'))

export function openArgs<Kind extends QueryKind>(cipher: SessionCipher, kind: Kind, { id, args }: OwnerQueryDocument) {
  const place = placeOf(id, 'args')
  return parseStored(QUERY_KINDS[kind].args, decode(cipher.openContent(args, place), place), place) as QueryArgs<Kind>
}

export const sealAnswer = <Kind extends QueryKind>(cipher: SessionCipher, id: string, answer: QueryAnswer<Kind>): Buffer =>
  cipher.sealContent(encode(answer), placeOf(id, 'answer'))

export function openAnswer<Kind extends QueryKind>(cipher: SessionCipher, kind: Kind, { id, answer }: OwnerQueryDocument) {
  const place = placeOf(id, 'answer')
  if (answer === null) throw new HoldfastError('bad-document', `${place} is missing.`)
  return parseStored(QUERY_KINDS[kind].answer, decode(cipher.openContent(answer, place), place), place) as QueryAnswer<Kind>
}

const encode = (value: object): Buffer => Buffer.from(JSON.stringify(value))

/** Throws an error without a cause, because a JSON parser quotes its input. */
function decode(opened: Buffer, place: string): unknown {
  try {
    return JSON.parse(opened.toString('utf8'))
  } catch {
    throw new HoldfastError('bad-document', `${place} is not JSON.`)
  }
}
