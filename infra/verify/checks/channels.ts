import { at, listAt, textAt } from '../../resources/fields.ts'
import { type LiveCheck, type LiveContext, type Problem, verdictOf } from '../live-check.ts'

/** Notices reach people by other companies' services, which no stand-in is: a bot, a mail server, the push service of a browser. */
export const channels: LiveCheck = {
  name: 'alerts: channels',
  proves: 'a test reaches each channel of the tenant `default` and of the installation, and each browser that shows alerts',
  seconds: 30,
  usd: 0,
  disturbs: 'whoever gets alerts gets a test',
  run: testChannels,
}

async function testChannels({ functionsUrl, call, ...context }: LiveContext) {
  const key = await operatorKey({ call, ...context })
  const headers = { 'x-api-key': key }
  const answer = await call({ url: `${functionsUrl}/api/api/alerts/test`, method: 'POST', headers, body: {} }, 'nobody')
  if (answer.status !== 200) {
    const what = `the API answered the request for a test with ${answer.status}`
    return verdictOf(
      {},
      { what, mend: 'docs/RUNBOOK.md, "The API fails". A private API is reached from inside its network only.' },
    )
  }
  const tested = listAt(answer.body, 'channels')
  if (tested.length === 0 && at(answer.body, 'isComplete') === false) return verdictOf({}, NOT_BEGUN)
  const browsers = tested.filter((one) => textAt(one, 'channel')?.startsWith('device.')).length
  const problems = tested.map(problemOf)
  return verdictOf({ channels: tested.length - browsers, browsers }, ...(tested.length === 0 ? [NOBODY] : problems))
}

const NOT_BEGUN: Problem = { what: 'the test did not begin in time', mend: 'docs/RUNBOOK.md, "Tasks wait": the queue `alerts`.' }

const NOBODY: Problem = {
  what: 'nobody is told of alerts: there is no channel, and no browser',
  mend: 'docs/ALERTS.md, "Who is told". On the dashboard, "Alerts": a button adds a channel, another one shows alerts in the browser.',
}

function problemOf(tested: unknown): Problem | null {
  const outcome = textAt(tested, 'outcome')
  if (outcome === 'delivered') return null
  const what = `${textAt(tested, 'channel') ?? 'a channel'} did not take a test (${outcome}): ${textAt(tested, 'problem') ?? ''}`
  return { what, mend: 'docs/ALERTS.md, "Who is told": its address, its secret, and whether it points inside.' }
}

/** One of the operator's keys, read as the API reads it. */
async function operatorKey({ target, call }: Pick<LiveContext, 'target' | 'call'>): Promise<string> {
  const url = `https://secretmanager.googleapis.com/v1/projects/${target.project}/secrets/API_KEY/versions/latest:access`
  const answer = await call({ url }, 'api')
  if (answer.status !== 200) throw new Error(`The secret API_KEY was not read: ${answer.status}.`)
  const text = Buffer.from(textAt(answer.body, 'payload', 'data') ?? '', 'base64').toString()
  return text.split(',')[0]?.trim() ?? ''
}
