import { at, textAt } from '../resources/fields.ts'
import { type Ended, runProgram } from './run-program.ts'

/** What there is before anything is deployed. Each answer is null where gcloud cannot tell. */
export interface Surroundings {
  /** Why a project cannot be used, by its id. An empty text when nothing is wrong with it. */
  troubleWithProject(project: string): Promise<string | null>
  /** The billing account that pays for a project, e.g. `01AB23-45CD67-89EF01`. An empty text when none does. */
  payerOf(project: string): Promise<string | null>
  /** Why a billing account cannot be used. An empty text when nothing is wrong with it. */
  troubleWithAccount(account: string): Promise<string | null>
  /** Where the organisation of a project lets things be made. An empty list when it has no rule. */
  allowedLocations(project: string): Promise<readonly string[] | null>
}

/** Runs gcloud with these words. */
type Gcloud = (words: readonly string[]) => Promise<Pick<Ended, 'code' | 'output' | 'complaints'>>

/** A machine without gcloud can tell nothing. */
const realGcloud: Gcloud = (words) => runProgram(['gcloud', ...words]).catch(() => ({ code: null, output: '', complaints: '' }))

/**
 * Asks gcloud, not the APIs themselves: in a new project those are not enabled yet, and gcloud asks in a project of its own. It takes two
 * seconds a question.
 */
export class GcloudSurroundings implements Surroundings {
  readonly #gcloud: Gcloud

  constructor(gcloud: Gcloud = realGcloud) {
    this.#gcloud = gcloud
  }

  async troubleWithProject(project: string): Promise<string | null> {
    const { found, refusal } = await this.#ask(['projects', 'describe', project])
    if (refusal !== null) return refusal
    const state = textAt(found, 'lifecycleState')
    if (state === undefined) return null
    return state === 'ACTIVE' ? '' : `Its state is ${state}.`
  }

  async payerOf(project: string): Promise<string | null> {
    const { found } = await this.#ask(['billing', 'projects', 'describe', project])
    const enabled = at(found, 'billingEnabled')
    // gcloud leaves out what is false.
    if (found === null) return null
    return enabled === true ? (textAt(found, 'billingAccountName') ?? '').replace('billingAccounts/', '') : ''
  }

  async troubleWithAccount(account: string): Promise<string | null> {
    const { found, refusal } = await this.#ask(['billing', 'accounts', 'describe', account])
    if (refusal !== null) return refusal
    if (found === null) return null
    return at(found, 'open') === true ? '' : 'It is closed.'
  }

  async allowedLocations(project: string): Promise<readonly string[] | null> {
    const rule = ['describe', 'constraints/gcp.resourceLocations', '--effective', `--project=${project}`]
    const { found } = await this.#ask(['resource-manager', 'org-policies', ...rule])
    if (found === null) return null
    const allowed = at(found, 'listPolicy', 'allowedValues')
    return Array.isArray(allowed) ? allowed.map(String) : []
  }

  async #ask(words: readonly string[]): Promise<{ readonly found: unknown; readonly refusal: string | null }> {
    const { code, output, complaints } = await this.#gcloud([...words, '--format=json', '--quiet'])
    if (code === 0) return { found: jsonOf(output), refusal: null }
    return { found: null, refusal: refusalIn(complaints) }
  }
}

/** Who gives no permission has an answer. Other failures, e.g. without a connection, tell nothing about what was asked. */
function refusalIn(complaints: string): string | null {
  const line = complaints.split('\n').find((one) => one.startsWith('ERROR')) ?? ''
  return /permission|not found|NOT_FOUND|does not exist/i.test(line)
    ? 'Google shows it to nobody with this login, or there is none.'
    : null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
