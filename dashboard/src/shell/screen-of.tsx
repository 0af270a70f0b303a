import type { JSX } from 'preact'
import { Alerts } from '../screens/alerts.tsx'
import { Message } from '../screens/message.tsx'
import { More } from '../screens/more.tsx'
import { Overview } from '../screens/overview.tsx'
import { Queue } from '../screens/queue.tsx'
import { Recoveries } from '../screens/recoveries.tsx'
import { Recovery } from '../screens/recovery.tsx'
import { Runners } from '../screens/runners.tsx'
import { Session } from '../screens/session.tsx'
import { Sessions } from '../screens/sessions.tsx'
import { Settings } from '../screens/settings.tsx'
import { Webhooks } from '../screens/webhooks.tsx'

/** The screen of an address. An unknown address shows the overview. */
export function screenOf([place = '', what]: readonly string[]): JSX.Element {
  switch (place) {
    case 'sessions':
      return what === undefined ? <Sessions /> : <Session key={what} name={what} />
    case 'queue':
      return what === undefined ? <Queue /> : <Message key={what} id={what} />
    case 'recoveries':
      return what === undefined ? <Recoveries /> : <Recovery key={what} id={what} />
    case 'alerts':
      return <Alerts />
    case 'webhooks':
      return <Webhooks />
    case 'runners':
      return <Runners />
    case 'settings':
      return <Settings />
    case 'more':
      return <More />
    default:
      return <Overview />
  }
}
