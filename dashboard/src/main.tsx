import { render } from 'preact'
import { speakAtStart } from './language/language.ts'
import { applyTheme } from './platform/theme.ts'
import { serviceWorker } from './platform/worker.ts'
import { App } from './shell/app.tsx'

applyTheme()
await speakAtStart()
const page = document.querySelector('#page')
if (page) render(<App />, page)
void serviceWorker()
