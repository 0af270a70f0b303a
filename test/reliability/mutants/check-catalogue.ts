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
  const files = await testFiles()
  const unseen = CATALOGUE.flatMap((mutant) => unwitnessed(files, mutant))
  const missing = INVARIANTS.filter((invariant) => !CATALOGUE.some((mutant) => mutant.invariant === invariant))
  return [...misfits, ...unseen, ...missing.map((invariant) => `No mutant breaks ${invariant}.`)]
}

function misfit(sources: readonly Source[], mutant: Mutant): string[] {
  try {
    mutated(sources, mutant)
    return []
  } catch (error) {
    return [`${mutant.name}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** Reads each test file once that is named as a witness. Those that are not there are left out. */
async function testFiles(): Promise<ReadonlyMap<string, Source>> {
  const names = [...new Set(CATALOGUE.map(({ noticedBy }) => noticedBy.file))]
  const read = await Promise.all(
    names.map(async (file) => {
      const text = await readFile(new URL(file, root), 'utf8').catch(() => null)
      return text === null ? [] : [[file, { file, text }] as const]
    }),
  )
  return new Map(read.flat())
}

function unwitnessed(files: ReadonlyMap<string, Source>, { name, noticedBy }: Mutant): string[] {
  const source = files.get(noticedBy.file)
  if (!source) return [`${name}: there is no file ${noticedBy.file}.`]
  if (hasTest(source, noticedBy)) return []
  return [`${name}: ${noticedBy.file} has no test whose name contains '${noticedBy.tests}'.`]
}
