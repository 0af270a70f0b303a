import { expect, test } from 'vitest'
import { failuresWithout, judge, type TestResult } from './judgement.ts'

const result = (status: TestResult['status'], failure = '', name = 'notices'): TestResult => ({
  file: 'a.test.ts',
  name,
  status,
  failure,
})

const passes = [result('passed')]
const unmet = 'AssertionError: expected 1 to be 2'

test('a mutant is caught by an expectation that holds without it', () => {
  const caughtBy = { file: 'a.test.ts', test: 'notices', failure: unmet }
  expect(judge(passes, { results: [result('failed', unmet)], trouble: null })).toEqual({ caughtBy })
})

test.each([
  ['survives', passes, 'It survived 1 tests.'],
  ['runs no test', [], 'No test was run.'],
  ['does not run at all', [result('failed', 'TypeError: x is not a function')], 'did not reach its expectation'],
  ['runs out of time', [result('failed', 'TestTimeoutError: Test timed out in 20000ms.')], 'did not reach its expectation'],
  [
    'fails another test without an expectation',
    [result('failed', unmet), result('failed', 'SyntaxError: x', 'other')],
    'did not reach its expectation',
  ],
  ['fails a test that fails without it', [result('failed', unmet, 'unknown')], 'does not pass without the mutant either'],
])('a mutant that %s is not caught', (_, results, problem) => {
  expect(judge(passes, { results, trouble: null })).toEqual({ problem: expect.stringContaining(problem) })
})

test('a mutant that prevents the loading of a file is not caught', () => {
  expect(judge(passes, { results: [], trouble: 'a.test.ts: SyntaxError' })).toEqual({ problem: 'a.test.ts: SyntaxError' })
})

test('a failure without any mutant is reported', () => {
  expect(failuresWithout({ results: [result('failed', unmet), ...passes], trouble: null })).toEqual([
    `a.test.ts > notices: ${unmet}`,
  ])
})
