import { readFile } from 'node:fs/promises'
import { CATALOGUE } from './catalogue.ts'
import { INVARIANTS, type Mutant } from './mutant.ts'
import type { Source } from './places.ts'
import { mutated, productSources } from './sources.ts'
import { hasTest } from './witnesses.ts'

const root = new URL('../../../', import.meta.url)

/** Lists the faults of the catalogue without running a test, so that a change of the code cannot break a mutant unnoticed. */
export async function problemsOfCatalogue(): Promise<string[]> {
  const sources = await productSources()
  const misfits = CATALOGUE.flatMap((mutant) => misfit(sources, mutant))
  const unseen = await Promise.all(CATALOGUE.map(unwitnessed))
  const missing = INVARIANTS.filter((invariant) => !CATALOGUE.some((mutant) => mutant.invariant === invariant))
  return [...misfits, ...unseen.flat(), ...missing.map((invariant) => `No mutant breaks ${invariant}.`)]
}

function misfit(sources: readonly Source[], mutant: Mutant): string[] {
  try {
    mutated(sources, mutant)
    return []
  } catch (error) {
    return [`${mutant.name}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

async function unwitnessed({ name, noticedBy }: Mutant): Promise<string[]> {
  const text = await readFile(new URL(noticedBy.file, root), 'utf8').catch(() => null)
  if (text === null) return [`${name}: there is no file ${noticedBy.file}.`]
  if (hasTest({ file: noticedBy.file, text }, noticedBy)) return []
  return [`${name}: ${noticedBy.file} has no test whose name contains '${noticedBy.tests}'.`]
}
