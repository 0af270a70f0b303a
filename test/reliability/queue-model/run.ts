import * as fc from 'fast-check'
import { inWords, type Story, stories } from './operations.ts'
import { tell } from './story.ts'

export interface Verdict {
  readonly runs: number
  /** Null when no story differed from the model. */
  readonly difference: string | null
  /** How often each thing happened, so that a run that tests nothing shows itself. */
  readonly happened: Readonly<Record<string, number>>
}

interface Wanted {
  readonly runs: number
  readonly seed: number
  /** Leads to one story of the seed, as a report says it. */
  readonly path?: string | undefined
}

/** Tells many stories, and compares each with the model. A story that differs is shortened as long as it still differs. */
export async function tellStories({ runs, seed, path }: Wanted, onStory: (told: number) => void = () => {}): Promise<Verdict> {
  const happened: Record<string, number> = {}
  let told = 0
  const property = fc.asyncProperty(stories, async (story) => {
    const { counts, differences } = await tell(story)
    for (const [name, count] of counts) happened[name] = (happened[name] ?? 0) + count
    onStory(++told)
    if (differences.length > 0) throw new Difference(differences[0] ?? '')
  })
  const details = await fc.check(property, {
    numRuns: runs,
    seed,
    unbiased: true,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  })
  const story = details.counterexample?.[0]
  if (!details.failed || !story) return { runs: details.numRuns, difference: null, happened }
  const again = `--seed ${seed} --path ${details.counterexamplePath}`
  return { runs: details.numRuns, difference: await report(story, again), happened }
}

class Difference extends Error {}

/** Tells a story once more, and says how it differs from the model. */
async function report(story: Story, again: string): Promise<string> {
  const { trace, differences } = await tell(story)
  const words = story.operations.map((operation, index) => `  ${index + 1}. ${inWords(operation)}`)
  const deliveries = story.deliveries.length === 0 ? [] : [`  tasks: ${story.deliveries.join(', ')}`]
  return [
    `The queue differs from its model: ${differences[0] ?? 'but not when the story is told again'}`,
    ...words,
    ...deliveries,
    'What happened:',
    ...trace.map((line) => `  ${line}`),
    `Again: npm run prove -- queue-model ${again}`,
  ].join('\n')
}
