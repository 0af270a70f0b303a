import { answerOf } from '@holdfast/client/client'
import { everySession } from '@holdfast/client/sessions'
import type { AddCommands } from '../command.ts'
import type { Context } from '../context.ts'
import { EXIT } from '../exit-codes.ts'
import { tell } from '../failure.ts'
import { VERSION } from '../version.ts'

/** One thing that was looked at. */
interface Finding {
  readonly check: string
  readonly state: 'good' | 'warning' | 'wrong' | 'skipped'
  readonly sentence: string
  readonly advice: string | null
}

/** A clock that is off by more than this shows wrong ages. */
const MOST_SKEW_MS = 5000

export const addDoctor: AddCommands = (program, run) => {
  program
    .command('doctor')
    .description('look for what is wrong, from the address to the stores; changes nothing')
    .action(
      run(async (context) => {
        const findings: Finding[] = []
        for (const check of CHECKS) {
          context.progress.show('Looking …')
          findings.push(...(await check(context, findings)))
        }
        context.show(findings, () => findingLines(context, findings))
        return findings.some(({ state }) => state === 'wrong') ? EXIT.failed : EXIT.ok
      }),
    )
}

type Check = (context: Context, before: readonly Finding[]) => Promise<Finding[]>

const finding = (check: string, state: Finding['state'], sentence: string, advice: string | null = null): Finding => ({
  check,
  state,
  sentence,
  advice,
})

/** Does a check that needs an answer of the API, and tells why there is none. */
const asking =
  (check: string, ask: (context: Context) => Promise<Finding[]>): Check =>
  async (context, before) => {
    if (before.some(({ check, state }) => check === 'address' && state === 'wrong')) return []
    try {
      return await ask(context)
    } catch (error) {
      const told = tell(error, context.url)
      return [finding(check, told.status === 403 ? 'skipped' : 'wrong', told.message, told.advice)]
    }
  }

const CHECKS: readonly Check[] = [
  checkAddress,
  asking('key', checkKey),
  asking('health', checkHealth),
  asking('fleet', checkFleet),
  asking('sessions', checkSessions),
  async () => [
    finding(
      'cloud',
      'skipped',
      'Accounts, roles, queues, indexes and schedules are not seen from here.',
      'In the folder of Holdfast: npm run infra -- doctor',
    ),
  ],
]

/** Is there an API, and does it have the same time? */
async function checkAddress(context: Context): Promise<Finding[]> {
  const { url, from } = context.connection
  try {
    const { response } = await context.api.GET('/ping')
    const skewMs = Date.parse(response.headers.get('date') ?? '') - context.now
    const found = [finding('address', response.ok ? 'good' : 'wrong', `${url} (${from}) answers ${response.status} to /ping.`)]
    if (Math.abs(skewMs) > MOST_SKEW_MS) {
      found.push(
        finding(
          'clock',
          'warning',
          `This clock and the API's differ by ${Math.round(Math.abs(skewMs) / 1000)} s, so ages are wrong here.`,
        ),
      )
    }
    if (url.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(url)) {
      found.push(finding('transport', 'warning', 'The key goes over the network in clear.', 'Use https://.'))
    }
    return found
  } catch (error) {
    const told = tell(error, url)
    return [finding('address', 'wrong', told.message, `It comes from ${from}.`)]
  }
}

async function checkKey({ api }: Context): Promise<Finding[]> {
  const { version } = await answerOf(api.GET('/api/version'))
  const found = [finding('key', 'good', `The key is known. The API has version ${version}.`)]
  if (!version.startsWith(VERSION)) {
    found.push(finding('version', 'warning', `This command has version ${VERSION}.`, 'Take the one that belongs to the API.'))
  }
  return found
}

async function checkHealth({ api }: Context): Promise<Finding[]> {
  const { status, problems } = await answerOf(api.GET('/health'))
  if (problems.length === 0) return [finding('health', 'good', `The installation is ${status}.`)]
  const state = status === 'critical' ? 'wrong' : 'warning'
  return problems.map(({ code, sentence }) => finding(code, state, sentence))
}

async function checkFleet({ api }: Context): Promise<Finding[]> {
  const { data: fleet, response } = await api.GET('/api/fleet')
  if (fleet === undefined) {
    const isAllowed = response.status !== 403
    const why = isAllowed ? `The API answers ${response.status}.` : 'Only the operator may see the runners.'
    return [finding('fleet', isAllowed ? 'wrong' : 'skipped', why)]
  }
  const found: Finding[] = []
  const versions = new Set(fleet.runners.filter(({ state }) => state === 'active').map(({ version }) => version ?? 'unknown'))
  if (versions.size > 1)
    found.push(
      finding(
        'versions',
        'warning',
        `Runners of several versions are at work: ${[...versions].join(', ')}.`,
        'docs/UPGRADING.md',
      ),
    )
  if (fleet.noRoom !== null) found.push(finding('room', 'wrong', fleet.noRoom.sentence, fleet.noRoom.userAction))
  if (fleet.outage !== 'none') found.push(finding('outage', 'wrong', `All runners together show an outage: ${fleet.outage}.`))
  const room = `${fleet.runners.length} ${fleet.runners.length === 1 ? 'runner' : 'runners'}, room for ${fleet.capacity.free} of ${fleet.capacity.total} sessions.`
  return [finding('fleet', fleet.runners.length === 0 ? 'wrong' : 'good', room), ...found]
}

/** The store of each session that needs a person is read back. The read is long, so the others are left alone. */
const MOST_READ = 5

async function checkSessions({ api }: Context): Promise<Finding[]> {
  const sessions = await everySession(api)
  const failed = sessions.filter(({ status }) => status === 'FAILED')
  const found = [
    finding(
      'sessions',
      failed.length === 0 ? 'good' : 'warning',
      `${sessions.length} ${sessions.length === 1 ? 'session' : 'sessions'}, ${failed.length} failed.`,
    ),
  ]
  for (const { name, sentence, userAction } of failed.slice(0, MOST_READ)) {
    const info = await answerOf(api.GET('/api/sessions/{name}/info', { params: { path: { name } } }))
    const problems = info.store.problems.map(({ sentence, advice }) => `${sentence} ${advice}`)
    const state = info.session.status
    const what = [sentence, `Its stored state is ${state}.`, ...problems].join(' ')
    found.push(finding(`session ${name}`, state === 'corrupt' ? 'wrong' : 'warning', what, userAction))
  }
  return found
}

const MARKS = {
  good: ['green', '✓'],
  warning: ['yellow', '!'],
  wrong: ['red', '✗'],
  skipped: ['dim', '-'],
} as const

function findingLines(context: Context, findings: readonly Finding[]): string[] {
  return findings.flatMap(({ check, state, sentence, advice }) => {
    const [colour, mark] = MARKS[state]
    const lines = context.sentence(`${check}: ${sentence}`, '  ')
    return [
      ...lines.map((line, index) => (index === 0 ? `${context.paint(colour, mark)} ${line.trimStart()}` : line)),
      ...(advice === null ? [] : context.sentence(advice, '    ')),
    ]
  })
}
