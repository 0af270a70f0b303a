import { answersFor, Look } from '../google/look.ts'
import { GoogleError } from '../google/rest.ts'
import type { Check } from './check.ts'
import { checks } from './checks.ts'
import { changesIn, type Deployment, judgeAll } from './deployment.ts'
import { headline } from './describe.ts'
import { permissionsFor } from './permissions.ts'

/** Looks at a deployed project, changes nothing, and says what is wrong. Returns the names of what is. */
export async function doctor(deployment: Deployment, say: (line: string) => void): Promise<readonly string[]> {
  const { target, resources, rest } = deployment
  const changes = changesIn(await judgeAll(resources, rest))
  const wrong: string[] = []
  const tell = (name: string, problem: string | null, mend: string): void => {
    say(problem === null ? `ok    ${name}` : `BAD   ${name}: ${problem}\n      ${mend}`)
    if (problem !== null) wrong.push(name)
  }
  const differing = changes.map((change) => headline(change)).join('; ')
  tell('everything is as wanted', differing || null, '`npm run infra -- plan` shows the differences, `apply` mends them.')
  const { missing } = await permissionsFor(
    resources.map((resource) => ({ resource, kind: 'update', different: [], commands: [] })),
    target.project,
    rest,
  )
  tell('you may do what `apply` does', missing.join(', ') || null, 'The owner of the project may.')
  const look = new Look(rest)
  const found = await Promise.all(checks(target, resources).map(async (check) => ({ check, ...(await outcomeOf(check, look)) })))
  for (const { check, problem, fact, mend = check.mend } of found)
    tell(fact === undefined ? check.name : `${check.name}: ${fact}`, problem, mend)
  say(wrong.length === 0 ? 'All is well.' : `${wrong.length} problem(s).`)
  return wrong
}

interface Outcome {
  readonly problem: string | null
  readonly fact?: string | undefined
  readonly mend?: string | undefined
}

async function outcomeOf(check: Check, look: Look): Promise<Outcome> {
  try {
    const answers = await answersFor(check, look)
    const problem = check.problem(answers)
    return problem === null ? { problem, fact: check.found?.(answers) } : { problem, mend: check.mendOf?.(answers) }
  } catch (error) {
    if (error instanceof GoogleError) return { problem: `it could not be seen: ${error.message}` }
    throw error
  }
}
