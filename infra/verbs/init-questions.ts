import { BadEnvironment, parseEnvironment } from '../environment/environment.ts'
import type { Judgement, Question } from './questions.ts'

/** What `init` asks. The environment file itself judges each answer, so that the file which is written is valid. */

/** Sessions that a runner of the usual size holds. */
export const SESSIONS_OF_A_RUNNER = 50
const MOST_RUNNERS = 1000

export interface ProjectQuestion {
  /** The environment file that has a project already, null if none has. */
  readonly ownerOf: (project: string) => string | null
  readonly doubt: (project: string) => Promise<string | null>
}

export const projectQuestion = ({ ownerOf, doubt }: ProjectQuestion): Question<string> => ({
  text: 'Google Cloud project: its id, 6 to 30 small letters, digits and hyphens, like my-project',
  judge: (project) => {
    const owner = ownerOf(project)
    if (owner !== null) return { problem: `${owner} has this project. ${WHY_ANOTHER}` }
    return judged(project, { project })
  },
  doubt,
})

const WHY_ANOTHER =
  'Everything has the same name in each environment, so that one project holds one: name another project, or change that file.'

export const sessionsQuestion: Question<number> = {
  text: `WhatsApp sessions: a whole number up to ${MOST_RUNNERS * SESSIONS_OF_A_RUNNER}, like 120`,
  fallback: String(SESSIONS_OF_A_RUNNER),
  judge: (answer) => whole(answer, MOST_RUNNERS * SESSIONS_OF_A_RUNNER),
}

export const timeZoneQuestion: Question<string> = {
  text: 'Time zone in which days begin and end, like America/Sao_Paulo',
  fallback: 'UTC',
  judge: (zone) => judged(zone, { variables: { TIME_ZONE: zone } }),
}

export const emailsQuestion: Question<readonly string[]> = {
  text: 'E-mail addresses that alerts go to, with commas between them, like ops@example.com,me@example.com (none)',
  judge: (answer) => {
    const emails = answer
      .split(',')
      .map((email) => email.trim())
      .filter((email) => email !== '')
    for (const email of emails) {
      const one = judged(email, { alerts: { emails: [email] } })
      if ('problem' in one) return { problem: `${email}: ${one.problem}` }
    }
    return judged(emails, { alerts: { emails } })
  },
}

const DOLLARS = 1_000_000

/** Null: no budget. */
export const budgetQuestion: Question<number | null> = {
  text: 'Budget: US dollars a month at which the administrators of the billing account get a mail, a whole number like 100 (none)',
  judge: (answer) => (answer === '' ? { value: null } : whole(answer.replace(/^\$/, ''), DOLLARS)),
}

export interface AccountQuestion {
  /** The account that pays for the project, where it is known. */
  readonly payer: string
  readonly doubt: (account: string) => Promise<string | null>
}

export const accountQuestion = ({ payer, doubt }: AccountQuestion): Question<string> => ({
  text: 'Billing account of this budget, like 01AB23-45CD67-89EF01',
  fallback: payer,
  judge: (billingAccount) => judged(billingAccount, { budget: { billingAccount, usdAMonth: 1 } }),
  doubt,
})

function whole(answer: string, most: number): Judgement<number> {
  const number = Number(answer)
  if (/^\d{1,9}$/.test(answer) && number >= 1 && number <= most) return { value: number }
  return { problem: `It has to be a whole number from 1 to ${most}.` }
}

/** Judges some fields as the environment file does. Whoever answers a question knows no names of fields. */
function judged<Value>(value: Value, fields: object): Judgement<Value> {
  try {
    parseEnvironment({ v: 1, project: 'a-project', ...fields }, '')
    return { value }
  } catch (error) {
    if (!(error instanceof BadEnvironment)) throw error
    const [, problem = ''] = error.message.split('\n')
    return { problem: `It ${problem.slice(problem.indexOf(': ') + 2)}.` }
  }
}
