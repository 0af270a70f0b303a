import { useState } from 'preact/hooks'
import { sentenceOf } from './api.ts'
import { type Loaded, useLoaded } from './loaded.ts'
import type { Topic } from './live.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  /** The place after the last one. Null at the end. */
  readonly cursor: string | null
}

export interface Paged<Item> extends Loaded<readonly Item[]> {
  readonly hasMore: boolean
  /** Shows one page more. */
  readonly more: () => Promise<void>
}

/** A list of the API, page by page. A change asks again for the pages that are shown. */
export function usePaged<Item>(
  key: string,
  topics: readonly Topic[],
  load: (cursor: string | undefined) => Promise<Page<Item>>,
): Paged<Item> {
  const [shown, setShown] = useState({ key, pages: 1 })
  const [problem, setProblem] = useState<string | null>(null)
  const pages = shown.key === key ? shown.pages : 1
  const list = useLoaded(key, topics, () => pagesOf(load, pages))
  const [extra, setExtra] = useState<{ of: Page<Item>; page: Page<Item> } | null>(null)
  // The next page is added to the very answer that it follows, and is part of each later one.
  const whole = list.value !== null && extra?.of === list.value ? extra.page : list.value
  return {
    value: whole?.items ?? null,
    problem: problem ?? list.problem,
    hasMore: (whole?.cursor ?? null) !== null,
    reload: list.reload,
    async more() {
      if (list.value === null || whole?.cursor == null) return
      try {
        const next = await load(whole.cursor)
        setShown({ key, pages: pages + 1 })
        setExtra({ of: list.value, page: { items: [...whole.items, ...next.items], cursor: next.cursor } })
        setProblem(null)
      } catch (error) {
        setProblem(sentenceOf(error))
      }
    },
  }
}

async function pagesOf<Item>(load: (cursor: string | undefined) => Promise<Page<Item>>, count: number): Promise<Page<Item>> {
  let whole = await load(undefined)
  for (let page = 1; page < count && whole.cursor !== null; page++) {
    const next = await load(whole.cursor)
    whole = { items: [...whole.items, ...next.items], cursor: next.cursor }
  }
  return whole
}
