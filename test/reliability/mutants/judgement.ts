/** What a run of tests came to, as far as it matters here. */
export interface TestResult {
  /** From the root of the repository. */
  readonly file: string
  readonly name: string
  readonly status: 'passed' | 'failed'
  /** Of a failed one: what it says first. */
  readonly failure: string
}

export interface Run {
  readonly results: readonly TestResult[]
  /** Trouble that no test had: a file that could not be loaded, an error outside of all tests, a process that did not end. */
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
 * What a mutant's run shows. A mutant counts as caught only by a test that passes without it and whose expectation was not met:
 * a test that stumbles over a mutant that does not even run says nothing about the invariant.
 */
export function judge(plain: readonly TestResult[], mutated: Run): Judgement {
  const isKnownToPass = ({ file, name }: TestResult) =>
    plain.some((other) => other.file === file && other.name === name && other.status === 'passed')
  if (mutated.results.length === 0) return { problem: mutated.trouble ?? 'No test was run.' }
  const stumbled = mutated.results.find(({ status, failure }) => status === 'failed' && !isUnmetExpectation(failure))
  if (stumbled) return { problem: `A test did not come as far as its expectation: ${stumbled.name}: ${stumbled.failure}` }
  const caught = mutated.results.find(({ status }) => status === 'failed')
  if (!caught) return { problem: mutated.trouble ?? `It survived ${mutated.results.length} tests.` }
  if (!isKnownToPass(caught)) return { problem: `The test that fails does not pass without it either: ${caught.name}` }
  return { caughtBy: { file: caught.file, test: caught.name, failure: caught.failure } }
}

/** Tests that fail without any mutant prove nothing. */
export const failuresWithout = (plain: Run): string[] => [
  ...(plain.trouble === null ? [] : [plain.trouble]),
  ...plain.results.filter(({ status }) => status === 'failed').map(({ file, name, failure }) => `${file} > ${name}: ${failure}`),
]

/** An assertion, or an error of the product itself that the test did not expect. Not a time limit: a slow machine is no proof. */
const isUnmetExpectation = (failure: string): boolean =>
  /^(AssertionError\b|HoldfastError\b|Error: expected |Error: promise (resolved|rejected) )/.test(failure)
