import type { JSX } from 'preact'
import { t } from '../language/language.ts'
import { Page, Section } from '../parts/page.tsx'
import { PlaceLink, PLACES, SignOut } from '../parts/places.tsx'
import { Appearance } from './settings/appearance.tsx'

/** On a phone: what the bar has no room for. */
export const More = (): JSX.Element => (
  <Page title={t('place.more')}>
    <ul class="rows links" aria-label={t('places')}>
      {PLACES.filter(({ isNear, isFor }) => !isNear && isFor()).map((place) => (
        <li key={place.name} class="row">
          <PlaceLink place={place} isHere={false} />
        </li>
      ))}
    </ul>
    <Section title={t('appearance')}>
      <Appearance />
    </Section>
    <SignOut />
  </Page>
)
