import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../language/language.ts'

interface PageParts {
  readonly title: string
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** What was shown before, so that the first page of all does not take the focus. */
let hasShown = false

/** A screen. Its heading gets the focus when a person comes to it, so that a screen reader says where they are. */
export function Page({ title, actions, children }: PageParts): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Holdfast`
    if (hasShown) heading.current?.focus({ preventScroll: true })
    if (hasShown) scrollTo(0, 0)
    hasShown = true
  }, [title])
  return (
    <>
      <header class="head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div class="buttons">{actions}</div>}
      </header>
      {children}
    </>
  )
}

interface SectionParts {
  readonly title: string
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

export const Section = ({ title, actions, children }: SectionParts): JSX.Element => (
  <section class="section">
    <header>
      <h2>{title}</h2>
      {actions && <div class="buttons">{actions}</div>}
    </header>
    {children}
  </section>
)

/** Why something cannot be shown. What was loaded before stays below it. */
export const Problem = ({ text }: { text: string | null }): JSX.Element | null =>
  text === null ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  )

interface ListParts<Item> {
  readonly of: {
    readonly value: readonly Item[] | null
    readonly problem: string | null
    hasMore?: boolean
    more?: () => Promise<void>
  }
  /** What to say of an empty list. */
  readonly none: string
  readonly row: (item: Item) => JSX.Element
  readonly label: string
}

/** A list of rows with what to say while there are none, and a button for the next page. */
export function List<Item>({ of, none, row, label }: ListParts<Item>): JSX.Element {
  return (
    <>
      <Problem text={of.problem} />
      {of.value === null && of.problem === null && <p class="quiet">{t('loading')}</p>}
      {of.value?.length === 0 && <p class="quiet">{none}</p>}
      {of.value !== null && of.value.length > 0 && (
        <ul class="rows" aria-label={label}>
          {of.value.map(row)}
        </ul>
      )}
      {of.hasMore === true && (
        <div class="buttons">
          <button type="button" onClick={() => void of.more?.()}>
            {t('more')}
          </button>
        </div>
      )}
    </>
  )
}
