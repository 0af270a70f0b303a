import { expect, test } from 'vitest'
import { Answers, judge } from './answers.ts'

const attempt = (status: number | null, retryAfter: string | null = null) => ({
  what: 'POST /api/sendText',
  status,
  retryAfter,
  tookMs: 5,
  trouble: status === 200 ? null : 'the body of the answer',
})

test('an API that is not struck may accept a request or answer 503 with Retry-After', () => {
  expect(judge(attempt(200), false)).toEqual({ counts: 'accepted', finding: null })
  expect(judge(attempt(503, '5'), false)).toEqual({ counts: 'unavailable', finding: null })
})

test('any other answer is a finding', () => {
  expect(judge(attempt(503), false)).toMatchObject({ counts: 'wrong', finding: expect.stringContaining('Retry-After') })
  expect(judge(attempt(503, 'soon'), false)).toMatchObject({ counts: 'wrong' })
  expect(judge(attempt(500, '5'), false)).toMatchObject({
    counts: 'wrong',
    finding: expect.stringContaining('the body of the answer'),
  })
  expect(judge(attempt(404), false)).toMatchObject({ counts: 'wrong' })
  expect(judge(attempt(null), false)).toMatchObject({ counts: 'unanswered', finding: expect.stringContaining('no answer') })
})

test('an API may answer that a request comes too late', () => {
  const trouble = '409 {"code":"cannot-cancel","state":"processing"}'
  expect(judge({ ...attempt(409), trouble }, false)).toEqual({ counts: 'tooLate', finding: null })
})

test('a missing answer is accepted only from an API that is struck itself', () => {
  expect(judge(attempt(null), true)).toEqual({ counts: 'unanswered', finding: null })
  expect(judge(attempt(500), true)).toMatchObject({ counts: 'wrong' })
})

test('an answer before the strikes does not count', () => {
  const answers = new Answers()
  answers.record(attempt(404))
  answers.judgeFromNowOn({ mayBeStruck: false })
  answers.record(attempt(200))
  const before = { ...answers.counts }
  answers.record(attempt(503, '1'))
  answers.record(attempt(500))
  expect(answers.counts).toEqual({ accepted: 1, unavailable: 1, unanswered: 0, tooLate: 0, wrong: 1 })
  expect(answers.since(before)).toEqual({ accepted: 0, unavailable: 1, unanswered: 0, tooLate: 0, wrong: 1 })
  expect(answers.findings).toHaveLength(1)
})
