import type { QueryAnswer, QueryArgs, QueryKind } from '@holdfast/core/operations/owner-queries'

/** The kinds that concern more than what is stored here. */
export type AskedOfWhatsApp = Exclude<QueryKind, 'forget' | 'fetch-media'>

/**
 * What a connection can ask of WhatsApp, or do there, at once: every such kind of question to an owner. Nothing of it is repeated by itself.
 *
 * Every function throws `ConnectionEnded` when the connection ends before the answer, and `QuestionRefused` for an answer that refuses.
 */
export type Questions = { readonly [Kind in AskedOfWhatsApp]: (args: QueryArgs<Kind>) => Promise<QueryAnswer<Kind>> }

/** WhatsApp refused what was asked of it, or it cannot be asked at all. */
export class QuestionRefused extends Error {
  readonly code: 'not-possible' | 'unknown' | 'refused'
  /** WhatsApp's own code, such as 403. Null when it was not asked. */
  readonly status: number | null

  constructor(code: QuestionRefused['code'], sentence: string, status: number | null = null) {
    super(sentence)
    this.name = 'QuestionRefused'
    this.code = code
    this.status = status
  }
}
