import type { LiveCheck } from './live-check.ts'
import type { Outcome } from './run-checks.ts'

/** What a verification has shown. PERSISTED CONTRACT v1, as a file beside its page. */
export interface VerifyReport {
  readonly v: 1
  readonly run: string
  readonly project: string
  readonly region: string
  readonly at: string
  /** Hashes of what was deployed, and the versions of the tools. */
  readonly versions: Readonly<Record<string, string>>
  readonly checks: readonly {
    readonly name: string
    readonly proves: string
    readonly seconds: number
    readonly figures: Readonly<Record<string, string | number>>
    readonly problems: readonly { readonly what: string; readonly mend: string }[]
  }[]
  /** Checks that were left out, and why. */
  readonly leftOut: readonly string[]
  /** True: a person has ended it early. */
  readonly interrupted: boolean
  /** Commands that remove what could not be removed. */
  readonly left: readonly string[]
}

export const checksIn = (outcomes: readonly Outcome[]): VerifyReport['checks'] =>
  outcomes.map(({ check, seconds, figures, problems }) => ({
    name: check.name,
    proves: check.proves,
    seconds,
    figures,
    problems,
  }))

/** One line for each check: what it proves, how long it takes, what it costs. */
export function announcement(checks: readonly LiveCheck[]): readonly string[] {
  const seconds = checks.reduce((sum, one) => sum + one.seconds, 0)
  const usd = checks.reduce((sum, one) => sum + one.usd, 0)
  return [
    ...checks.flatMap(({ name, proves, seconds: about, disturbs }) => [
      `${name.padEnd(26)} ${String(about).padStart(4)} s  ${proves}`,
      ...(disturbs === undefined ? [] : [`${' '.repeat(34)}! ${disturbs}`]),
    ]),
    `${checks.length} checks, about ${Math.ceil(seconds / 60)} min, about $${usd.toFixed(2)}.`,
  ]
}

/** The page of a verification. */
export function pageOf({ run, project, region, at, versions, checks, leftOut, interrupted, left }: VerifyReport): string {
  const bad = checks.filter(({ problems }) => problems.length > 0).length
  const rows = checks.map(({ name, proves, seconds, figures, problems }) => {
    const result = problems.length === 0 ? 'holds' : problems.map(({ what }) => what).join('; ')
    const shown = Object.entries(figures).map(([figure, value]) => `${figure}: ${value}`)
    return `| ${[name, proves, `${seconds} s`, shown.join('<br>'), result].map(cell).join(' | ')} |`
  })
  return [
    `# Verified on ${at.slice(0, 10)}`,
    '',
    `Project ${project}, ${region}, run \`${run}\`. ${checks.length - bad} of ${checks.length} checks hold.${interrupted ? ' A person ended it early.' : ''}`,
    ...Object.entries(versions).map(([name, value]) => `- ${name}: ${value}`),
    '',
    '| check | proves | time | figures | result |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...(leftOut.length === 0 ? [] : ['', `Left out: ${leftOut.join(', ')}.`]),
    ...(left.length === 0 ? [] : ['', 'Still there, to be removed by hand:', '', '```', ...left, '```']),
    '',
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
