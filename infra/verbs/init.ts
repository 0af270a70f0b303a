import { existsSync } from 'node:fs'
import { estimate, dollars } from '../cost/estimate.ts'
import { MESSAGES_A_DAY } from '../cost/month.ts'
import { BadEnvironment, type Environment, parseEnvironment } from '../environment/environment.ts'
import { neighbourWith, writeEnvironment } from '../environment/environment-file.ts'
import { GcloudSurroundings, type Surroundings } from '../google/surroundings.ts'
import {
  accountQuestion,
  budgetQuestion,
  emailsQuestion,
  projectQuestion,
  SESSIONS_OF_A_RUNNER,
  sessionsQuestion,
  timeZoneQuestion,
} from './init-questions.ts'
import { NoAnswer, Questions } from './questions.ts'

export interface InitOptions {
  readonly say: (line: string) => void
  readonly questions?: Questions
  readonly surroundings?: Surroundings
}

/**
 * Asks what to deploy, checks each answer at once, and writes the environment file. An existing one is kept.
 *
 * @throws BadEnvironment when the file is there, or when the answers end too early
 */
export async function init(file: string, options: InitOptions): Promise<void> {
  const { say, questions = new Questions(), surroundings = new GcloudSurroundings() } = options
  if (existsSync(file)) throw new BadEnvironment(`${file} is there already. Change it, or name another one with --environment.`)
  try {
    const environment = await asked(file, questions, surroundings)
    writeEnvironment(file, environment)
    say(`\nWrote ${file}. It has no secrets, so that it can be committed.`)
    say(`Next: npm run infra -- plan --environment ${file}`)
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    throw new BadEnvironment(`Nothing was written, because the answers ended. ${error.message}`, { cause: error })
  } finally {
    questions.close()
  }
}

async function asked(file: string, questions: Questions, surroundings: Surroundings): Promise<Environment> {
  const project = await questions.settle(
    projectQuestion({
      ownerOf: (one) => neighbourWith(one, file),
      doubt: async (one) => {
        questions.tell('Asking Google about it …')
        const trouble = await surroundings.troubleWithProject(one)
        return trouble ? `${trouble} \`gcloud projects create ${one}\` makes it, \`gcloud auth list\` says who asks.` : null
      },
    }),
  )
  const [payer, locations] = await Promise.all([surroundings.payerOf(project), surroundings.allowedLocations(project)])
  for (const line of aboutProject(project, payer, locations)) questions.tell(line)
  const sessions = await questions.settle(sessionsQuestion)
  const timeZone = await questions.settle(timeZoneQuestion)
  const emails = await questions.settle(emailsQuestion)
  const fields = {
    v: 1,
    project,
    runner: { instances: Math.ceil(sessions / SESSIONS_OF_A_RUNNER), maxConnections: SESSIONS_OF_A_RUNNER },
    variables: timeZone === 'UTC' ? {} : { TIME_ZONE: timeZone },
    backups: { days: 14 },
    alerts: { emails },
  }
  const { usd } = estimate(parseEnvironment(fields, file), { sessions, messagesADay: MESSAGES_A_DAY })
  questions.tell(`A month of ${sessions} session(s) costs about ${dollars(usd)} at list prices.`)
  const usdAMonth = await questions.settle(budgetQuestion)
  if (usdAMonth === null) return parseEnvironment(fields, file)
  const doubt = async (account: string) => {
    if (payer && account !== payer) return `${payer} pays for the project, so that this budget would see nothing of it.`
    return (await surroundings.troubleWithAccount(account)) || null
  }
  const billingAccount = await questions.settle(accountQuestion({ payer: payer ?? '', doubt }))
  return parseEnvironment({ ...fields, budget: { billingAccount, usdAMonth } }, file)
}

const REGION = parseEnvironment({ v: 1, project: 'a-project' }, '').region

/** Groups of locations that hold the region, as policies of organisations name them. */
const PLACES = [REGION, `in:${REGION}-locations`, 'in:us-locations']

function aboutProject(project: string, payer: string | null, locations: readonly string[] | null): readonly string[] {
  const isAllowed = locations === null || locations.length === 0 || locations.some((one) => PLACES.includes(one))
  return [
    payer === null
      ? `gcloud cannot tell who pays for it: \`gcloud billing projects describe ${project}\`.`
      : payer === ''
        ? `Nobody pays for it yet, so that \`apply\` would fail: \`gcloud billing projects link ${project} --billing-account=ACCOUNT\`.`
        : `The billing account ${payer} pays for it.`,
    `Its region is ${REGION}, the only one that the code knows.`,
    ...(isAllowed ? [] : [`! A policy of the organisation allows ${locations.join(', ')} only, which may be somewhere else.`]),
  ]
}
