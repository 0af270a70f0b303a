import type { JSX } from 'preact'
import { choose, language, type Language, LANGUAGES, t } from '../../language/language.ts'
import { chooseTheme, theme, type Theme, THEMES } from '../../platform/theme.ts'

/** What this browser remembers for the person in front of it. */
export const Appearance = (): JSX.Element => (
  <form class="filters" onSubmit={(event) => event.preventDefault()}>
    <label>
      <span>{t('language')}</span>
      <select value={language.value} onChange={({ currentTarget }) => void choose(currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
    <label>
      <span>{t('themeTitle')}</span>
      <select value={theme.value} onChange={({ currentTarget }) => chooseTheme(currentTarget.value as Theme)}>
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {t(`theme.${one}`)}
          </option>
        ))}
      </select>
    </label>
  </form>
)
