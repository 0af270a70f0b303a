import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { applyEdit } from './apply-edit.ts'
import type { Edit, Mutant } from './mutant.ts'
import { sourcesOf, type Source } from './places.ts'

const root = new URL('../../../', import.meta.url)

const PRODUCT = ['core/src', 'functions/src', 'runner/src', 'infra/google', 'infra/resources', 'infra/verbs']

/** Reads all source files of the product, without its tests. */
export async function productSources(): Promise<Source[]> {
  const files = await Promise.all(
    PRODUCT.map(async (folder) => {
      const paths = await readdir(new URL(folder, root), { recursive: true })
      return paths.filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts')).map((path) => `${folder}/${path}`)
    }),
  )
  return Promise.all(files.flat().map(async (file) => ({ file, text: await readFile(new URL(file, root), 'utf8') })))
}

/**
 * Applies an edit to the only file that it fits.
 * @throws Error when it fits none, or more than one.
 */
function edited(sources: readonly Source[], edit: Edit): Source {
  const declaring = sourcesOf(sources, edit.in)
  const [source] = declaring
  if (!source) throw new Error(`No source file declares the place of a mutant: ${edit.in}`)
  if (declaring.length === 1) return applyEdit(source, edit)
  const fitting = declaring.flatMap((one) => attempt(one, edit) ?? [])
  const [found] = fitting
  if (found && fitting.length === 1) return found
  const files = declaring.map(({ file }) => file).join(' and ')
  throw new Error(`${files} declare the place of a mutant, which fits ${fitting.length} of them. Name it as file.ts:${edit.in}`)
}

function attempt(source: Source, edit: Edit): Source | null {
  try {
    return applyEdit(source, edit)
  } catch {
    return null
  }
}

/** Applies the edits of a mutant. Returns the texts of the changed files by their absolute paths. */
export function mutated(sources: readonly Source[], { edits }: Mutant): Map<string, string> {
  const changed = new Map<string, Source>()
  for (const edit of edits) {
    const source = edited(
      sources.map((known) => changed.get(known.file) ?? known),
      edit,
    )
    changed.set(source.file, source)
  }
  return new Map([...changed.values()].map(({ file, text }) => [fileURLToPath(new URL(file, root)), text]))
}
