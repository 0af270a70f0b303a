import type { DocumentSnapshot } from '@holdfast/core/platform/ports'
import { expect, test } from 'vitest'
import { visiblePage } from './visible-page.ts'

const documents = ['a', 'hidden-b', 'hidden-c', 'd', 'hidden-e', 'f', 'hidden-g'].map((id) => ({ id }) as DocumentSnapshot)

const isVisible = ({ id }: DocumentSnapshot): boolean => !id.startsWith('hidden')

const pages = async (limit: number): Promise<string[][]> => {
  const all: string[][] = []
  let from = 0
  for (;;) {
    const read = async (behind: DocumentSnapshot | null, most: number) => {
      const start = behind ? documents.indexOf(behind) + 1 : from
      return documents.slice(start, start + most)
    }
    const page = await visiblePage({ read, isVisible, limit })
    all.push(page.documents.map(({ id }) => id))
    if (!page.hasMore) return all
    // A caller has nothing but what it saw.
    from = documents.findIndex(({ id }) => id === all.at(-1)?.at(-1)) + 1
  }
}

test.each([
  [1, [['a'], ['d'], ['f']]],
  [2, [['a', 'd'], ['f']]],
  [3, [['a', 'd', 'f']]],
  [100, [['a', 'd', 'f']]],
])('pages of %i have all that is visible, and end with it', async (limit, expected) => {
  expect(await pages(limit)).toEqual(expected)
})
