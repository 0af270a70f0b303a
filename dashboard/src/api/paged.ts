import { useRef, useState } from 'preact/hooks'
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
  const wanted = useRef({ key, pages: 1, isAsking: false })
  if (wanted.current.key !== key) wanted.current = { key, pages: 1, isAsking: false }
  const [problem, setProblem] = useState<string | null>(null)
  const list = useLoaded(key, topics, () => pagesOf(load, wanted.current))
  const latest = useRef(list.value)
  latest.current = list.value
  const [extra, setExtra] = useState<{ of: Page<Item>; page: Page<Item> } | null>(null)
  // The next page is added to the very answer that it follows, and is part of each later one.
  const whole = list.value !== null && extra?.of === list.value ? extra.page : list.value
  return {
    value: whole?.items ?? null,
    problem: problem ?? list.problem,
    hasMore: (whole?.cursor ?? null) !== null,
    reload: list.reload,
    async more() {
      const [answer, asked] = [list.value, wanted.current]
      if (answer === null || whole?.cursor == null || asked.isAsking) return
      asked.isAsking = true
      asked.pages++
      try {
        const next = await load(whole.cursor)
        setProblem(null)
        // A change may have brought another answer meanwhile, without the page that was asked for.
        if (latest.current !== answer) await list.reload()
        else setExtra({ of: answer, page: { items: [...whole.items, ...next.items], cursor: next.cursor } })
      } catch (error) {
        asked.pages--
        setProblem(sentenceOf(error))
      } finally {
        asked.isAsking = false
      }
    },
  }
}

/** Asks for as many pages as are wanted when the last one comes: a person may ask for one more meanwhile. */
async function pagesOf<Item>(
  load: (cursor: string | undefined) => Promise<Page<Item>>,
  wanted: { readonly pages: number },
): Promise<Page<Item>> {
  let whole = await load(undefined)
  for (let page = 1; page < wanted.pages && whole.cursor !== null; page++) {
    const next = await load(whole.cursor)
    whole = { items: [...whole.items, ...next.items], cursor: next.cursor }
  }
  return whole
}
