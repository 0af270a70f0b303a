import { existsSync } from 'node:fs'
import { BadEnvironment, type Environment, parseEnvironment } from '../environment/environment.ts'
import { writeEnvironment } from '../environment/environment-file.ts'
import { Questions } from './questions.ts'

/** Sessions that a runner of the usual size holds. */
const SESSIONS_OF_A_RUNNER = 50

/** Asks what to deploy and writes the environment file. An existing one is kept. */
export async function init(file: string, say: (line: string) => void, questions: Questions = new Questions()): Promise<void> {
  if (existsSync(file)) throw new BadEnvironment(`${file} is there already. Change it, or name another one with --environment.`)
  try {
    const environment = await asked(file, questions)
    writeEnvironment(file, environment)
    say(`\nWrote ${file}. It has no secrets, so that it can be committed.`)
    say(`Next: npm run infra -- plan --environment ${file}`)
  } finally {
    questions.close()
  }
}

async function asked(file: string, questions: Questions): Promise<Environment> {
  const project = await questions.ask('Google Cloud project')
  const region = await questions.ask('Region', 'us-central1')
  const sessions = Number(await questions.ask('WhatsApp sessions', String(SESSIONS_OF_A_RUNNER)))
  const timeZone = await questions.ask('Time zone in which days begin and end', 'UTC')
  const emails = await questions.ask('E-mail addresses that alerts go to, separated by commas (none)')
  const billingAccount = await questions.ask('Billing account for a budget, like 01AB23-45CD67-89EF01 (none)')
  const usdAMonth =
    billingAccount === '' ? '' : await questions.ask('US dollars a month after which its administrators are told', '100')
  return parseEnvironment(
    {
      v: 1,
      project,
      region,
      runner: {
        instances: Math.ceil(sessions / SESSIONS_OF_A_RUNNER),
        maxConnections: SESSIONS_OF_A_RUNNER,
      },
      variables: timeZone === 'UTC' ? {} : { TIME_ZONE: timeZone },
      backups: { days: 14 },
      alerts: {
        emails: emails
          .split(',')
          .map((email) => email.trim())
          .filter((email) => email !== ''),
      },
      ...(billingAccount === '' ? {} : { budget: { billingAccount, usdAMonth: Number(usdAMonth) } }),
    },
    file,
  )
}
