import { render } from 'preact'
import { speakAtStart } from './language/language.ts'
import { applyTheme } from './platform/theme.ts'
import { App } from './shell/app.tsx'

applyTheme()
await speakAtStart()
const page = document.querySelector('#page')
if (page) render(<App />, page)
// Without it the page works, but cannot be installed. Development has no built worker.
if (import.meta.env.PROD)
  void navigator.serviceWorker?.register('/dashboard/worker.js', { scope: '/dashboard/' }).catch(() => undefined)
