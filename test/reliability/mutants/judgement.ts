/** The result of one test. */
export interface TestResult {
  /** The path from the root of the repository. */
  readonly file: string
  readonly name: string
  readonly status: 'passed' | 'failed'
  /** The first line of a failure; empty for a passed test. */
  readonly failure: string
}

export interface Run {
  readonly results: readonly TestResult[]
  /** An error outside of all tests: a file that could not be loaded, or a process that did not end. */
  readonly trouble: string | null
}

export interface Caught {
  readonly file: string
  readonly test: string
  /** The first line of the failure. */
  readonly failure: string
}

export type Judgement = { readonly caughtBy: Caught } | { readonly problem: string }

/**
 * Judges the run of a mutant. A mutant counts as caught only by an unmet expectation of a test that passes without it. A test
 * that fails because the mutant does not run at all proves nothing about the invariant.
 */
export function judge(plain: readonly TestResult[], mutated: Run): Judgement {
  const isKnownToPass = ({ file, name }: TestResult) =>
    plain.some((other) => other.file === file && other.name === name && other.status === 'passed')
  if (mutated.results.length === 0) return { problem: mutated.trouble ?? 'No test was run.' }
  const stumbled = mutated.results.find(({ status, failure }) => status === 'failed' && !isUnmetExpectation(failure))
  if (stumbled) return { problem: `A test did not reach its expectation: ${stumbled.name}: ${stumbled.failure}` }
  const caught = mutated.results.find(({ status }) => status === 'failed')
  if (!caught) return { problem: mutated.trouble ?? `It survived ${mutated.results.length} tests.` }
  if (!isKnownToPass(caught)) return { problem: `The failing test does not pass without the mutant either: ${caught.name}` }
  return { caughtBy: { file: caught.file, test: caught.name, failure: caught.failure } }
}

/** Returns the failures without any mutant. Such tests prove nothing. */
export const failuresWithout = (plain: Run): string[] => [
  ...(plain.trouble === null ? [] : [plain.trouble]),
  ...plain.results.filter(({ status }) => status === 'failed').map(({ file, name, failure }) => `${file} > ${name}: ${failure}`),
]

/** Matches failed assertions and unexpected errors of the product. A time limit does not count, because a machine may be slow. */
const isUnmetExpectation = (failure: string): boolean =>
  /^(AssertionError\b|HoldfastError\b|Error: expected |Error: promise (resolved|rejected) )/.test(failure)
