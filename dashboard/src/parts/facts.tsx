import type { ComponentChildren, JSX } from 'preact'

/** Names with what they stand for. A fact without a value is left out. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }): JSX.Element => (
  <dl class="facts">
    {facts
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
)

/** A figure with its name. */
export const Tile = ({ name, value, tone = '', href }: TileParts): JSX.Element => (
  <div class={`tile ${tone}`}>
    <dt>{href === undefined ? name : <a href={href}>{name}</a>}</dt>
    <dd>{value}</dd>
  </div>
)

interface TileParts {
  readonly name: string
  readonly value: ComponentChildren
  readonly tone?: '' | 'warn' | 'bad' | 'good'
  readonly href?: string
}

/** A sentence of the API. It is in English, whatever the language of the page is. */
export const Sentence = ({ text }: { text: string | null }): JSX.Element | null =>
  text === null ? null : (
    <span lang="en">{text.split(REQUEST).map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}</span>
  )

/** `GET /api/sessions`, without what ends the sentence. */
const REQUEST = /((?:GET|POST|PUT|PATCH|DELETE) \/[^\s;,]*[^\s;,.])/
