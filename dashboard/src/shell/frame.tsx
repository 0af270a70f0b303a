import type { JSX } from 'preact'
import { isLive } from '../api/live.ts'
import { chosenTenant, person } from '../api/sign-in.ts'
import { t } from '../language/language.ts'
import { Icon } from '../parts/icon.tsx'
import { PlaceLink, PLACES, SignOut } from '../parts/places.tsx'
import { route, to } from '../platform/route.ts'
import { screenOf } from './screen-of.tsx'

/** What is around each screen: where a person can go, who they are, whether what they see is live. */
export function Frame(): JSX.Element {
  const { parts } = route.value
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>
        {t('skip')}
      </a>
      <header class="top">
        <a class="brand" href={to([])}>
          <img src="/dashboard/icon.svg" alt="" width="28" height="28" />
          Holdfast
        </a>
        <Live />
        <Tenant />
      </header>
      <Navigation at={parts[0] ?? 'overview'} />
      <main id="main" tabIndex={-1}>
        {screenOf(parts)}
      </main>
    </div>
  )
}

/** The address must not change: it says where a person is. */
function skip(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}

const Live = (): JSX.Element => (
  <p class="live" role="status">
    {isLive.value ? <span class="dot good">{t('live')}</span> : <span class="dot warn">{t('notLive')}</span>}
  </p>
)

function Tenant(): JSX.Element | null {
  const { tenant, tenants = [] } = person.value ?? { tenant: '' }
  if (tenants.length < 2) return tenant === '' ? null : <span class="tenant quiet">{tenant}</span>
  return (
    <label class="tenant">
      <span class="unseen">{t('tenant')}</span>
      <select value={chosenTenant.value ?? tenant} onChange={({ currentTarget }) => (chosenTenant.value = currentTarget.value)}>
        {tenants.map(({ id, name }) => (
          <option key={id} value={id}>
            {name === '' ? id : name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Navigation({ at }: { at: string }): JSX.Element {
  const places = PLACES.filter(({ isFor }) => isFor())
  const isBehindMore = places.some(({ name, isNear }) => name === at && !isNear) || at === 'more'
  return (
    <nav class="places" aria-label={t('places')}>
      <ul>
        {places.map((place) => (
          <li key={place.name} class={place.isNear ? '' : 'far'}>
            <PlaceLink place={place} isHere={place.name === at} />
          </li>
        ))}
        <li class="behind">
          <a href={to(['more'])} {...(isBehindMore ? { 'aria-current': 'page' as const } : {})}>
            <Icon name="more" />
            {t('place.more')}
          </a>
        </li>
      </ul>
      <div class="far leave">
        <SignOut />
      </div>
    </nav>
  )
}
