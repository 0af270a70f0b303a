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
  ['has no test that is run', [], 'No test was run.'],
  ['does not even run', [result('failed', 'TypeError: x is not a function')], 'did not come as far'],
  ['runs out of time', [result('failed', 'TestTimeoutError: Test timed out in 20000ms.')], 'did not come as far'],
  [
    'stumbles beside an unmet expectation',
    [result('failed', unmet), result('failed', 'SyntaxError: x', 'other')],
    'did not come as far',
  ],
  ['fails a test that fails anyway', [result('failed', unmet, 'unknown')], 'does not pass without it either'],
])('a mutant that %s is not caught', (_, results, problem) => {
  expect(judge(passes, { results, trouble: null })).toEqual({ problem: expect.stringContaining(problem) })
})

test('a file that cannot be loaded is no catch', () => {
  expect(judge(passes, { results: [], trouble: 'a.test.ts: SyntaxError' })).toEqual({ problem: 'a.test.ts: SyntaxError' })
})

test('what fails without any mutant is told', () => {
  expect(failuresWithout({ results: [result('failed', unmet), ...passes], trouble: null })).toEqual([
    `a.test.ts > notices: ${unmet}`,
  ])
})
